"use client";

import { useState } from "react";
import { type TenantTools, toolRoles } from "#lib/evals/browser/tools-schema.ts";
import { ErrorState } from "../ui/error-state.tsx";
import { SubmitRow } from "../ui/form/submit-row.tsx";
import { type ApiForm, useApiForm } from "../ui/form/use-api-form.ts";
import { useFormField } from "../ui/form/use-form-field.ts";
import { Select } from "../ui/input.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { notify } from "../ui/toast.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";
import { FormJson } from "./json-field.tsx";
import { TenantField } from "./tenant-field.tsx";

/** A tenant's tools as JSON, what each is for, and what suites can try with them. */
export function ToolsForm({ initialTenant }: { initialTenant: string }) {
  const [tenantId, setTenant] = useState(initialTenant);
  return (
    <div className="flex flex-col gap-4">
      <TenantField value={tenantId} onChange={setTenant} />
      {tenantId !== "" && <ToolsOf key={tenantId} tenantId={tenantId} />}
    </div>
  );
}

function ToolsOf({ tenantId }: { tenantId: string }) {
  const read = useApi("GET /tenants/{tenantId}/tools", { params: { tenantId } });
  if (read.data?.tenantId === tenantId) return <ToolsEdit tools={read.data} />;
  if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
  return <Skeleton className="h-48 w-full" />;
}

type Tool = TenantTools["tools"][number];
type Values = Pick<TenantTools, "tools" | "roles" | "generation">;

function ToolsEdit({ tools }: { tools: TenantTools }) {
  const put = useApiMutation("PUT /tenants/{tenantId}/tools", {
    alsoRefresh: ["tenants", "suite-readiness"],
    onDone: () => notify({ title: "Tools saved", tone: "ok" }),
  });
  const form = useApiForm<Values>({
    start: { tools: tools.tools, roles: tools.roles, generation: tools.generation },
    followsStart: true,
    callOf: (values) => {
      const names = new Set(Array.from<Partial<Tool> | null>(values.tools).map((tool) => tool?.function?.name));
      const roles = Object.fromEntries(Object.entries(values.roles).filter(([name]) => names.has(name)));
      const body = { tools: values.tools, roles };
      return {
        schema: async () => (await import("#lib/evals/browser/tools-schema.ts")).PutTools,
        body,
        send: () => put.runAsync({ params: { tenantId: tools.tenantId }, generation: values.generation, body }),
      };
    },
  });
  return (
    <form onSubmit={form.submit} className="flex flex-col gap-4" noValidate>
      <FormJson
        form={form}
        name="tools"
        label="Tools"
        hint="The tools array of a request, as OpenAI's API takes it. External schema references and patterns that can hang are refused."
        rows={12}
        placeholder='[{"type": "function", "function": {"name": "get_order", "description": "…", "parameters": {…}}}]'
      />
      <RoleFields form={form} />
      <SubmitRow form={form} label="Save tools" blocked={form.isDirty ? undefined : "No changes to save."} />
      {tools.tools.length > 0 && <Covered tools={tools} />}
    </form>
  );
}

/** By whole names: one may hold a dot, which would lead into the value. */
function RoleFields({ form }: { form: ApiForm<Values> }) {
  const { value: roles, onChange, error } = useFormField<Values, Values["roles"]>({ form, name: "roles" });
  const names = Object.keys(roles);
  if (names.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">Role of each tool</legend>
      {names.map((name) => (
        <div key={name} className="flex items-center gap-3 text-sm">
          <code className="min-w-0 grow truncate font-mono text-xs">{name}</code>
          <Select
            aria-label={`Role of ${name}`}
            value={roles[name] ?? "other"}
            options={toolRoles.map((role) => ({ value: role, label: role }))}
            className="w-32"
            onChange={(event) =>
              onChange({ ...roles, [name]: toolRoles.find((role) => role === event.target.value) ?? "other" })
            }
          />
        </div>
      ))}
      {error && <p className="text-sm text-bad">{error}</p>}
    </fieldset>
  );
}

function Covered({ tools }: { tools: TenantTools }) {
  const missing = tools.categories.filter(({ isCovered }) => !isCovered);
  const count = tools.categories.length - missing.length;
  return (
    <div className="text-sm text-fg-2">
      <p>
        Suites over these tools can try {count} of {tools.categories.length} kinds of traps.
      </p>
      {missing.length > 0 && (
        <ul className="mt-1 list-disc ps-5">
          {missing.map(({ id, title, needs }) => (
            <li key={id}>
              {title}: needs {needs}.
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
