"use client";

import { useState } from "react";
import { type TenantTools, type ToolRole, toolRoles } from "#lib/evals/browser/tools-schema.ts";
import { Button } from "../ui/button.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Field } from "../ui/field.tsx";
import { Select, Textarea } from "../ui/input.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { notify } from "../ui/toast.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";
import { ProblemList } from "./problem-list.tsx";
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

type Edit = { text: string; generation: number };

/** Either a list of tools, or what keeps the text from being one. */
function readTools(text: string): { tools: unknown[] } | { why: string } {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return { tools: value };
    return { why: 'Not a JSON list. Write [{"type": "function", "function": {…}}].' };
  } catch (error) {
    return { why: `Invalid JSON: ${error instanceof Error ? error.message : "unreadable"}.` };
  }
}

/** What was changed until it is saved; whoever saved in between is not overwritten. */
function useToolsEdit(tools: TenantTools) {
  const saved = tools.tools.length > 0 ? JSON.stringify(tools.tools, null, 2) : "";
  const [edit, setEdit] = useState<Edit | null>(null);
  const [roles, setRoles] = useState<Record<string, ToolRole> | null>(null);
  const put = useApiMutation("PUT /tenants/{tenantId}/tools", {
    alsoRefresh: ["tenants", "suite-readiness"],
    onDone: () => {
      setEdit(null);
      setRoles(null);
      notify({ title: "Tools saved", tone: "ok" });
    },
  });
  const generation = edit?.generation ?? tools.generation;
  const text = edit?.text ?? saved;
  const parsed = text.trim() === "" ? null : readTools(text);
  const save = () => {
    if (parsed === null || !("tools" in parsed)) return;
    const names = new Set(parsed.tools.map((tool) => (tool as { function?: { name?: string } }).function?.name));
    const chosen = Object.fromEntries(Object.entries(roles ?? tools.roles).filter(([name]) => names.has(name)));
    put.run({
      params: { tenantId: tools.tenantId },
      generation,
      body: { tools: parsed.tools as TenantTools["tools"], roles: chosen },
    });
  };
  const why = parsed !== null && "why" in parsed ? parsed.why : null;
  const isSame = edit === null && roles === null;
  return {
    text,
    why,
    blocked: why ?? (parsed === null ? "Paste the tools first." : isSame ? "No changes to save." : undefined),
    type: (next: string) => setEdit({ text: next, generation }),
    roles: roles ?? tools.roles,
    setRoles,
    save,
    put,
  };
}

function ToolsEdit({ tools }: { tools: TenantTools }) {
  const { text, why, blocked, type, roles, setRoles, save, put } = useToolsEdit(tools);
  return (
    <>
      <Field
        label="Tools"
        hint="The tools array of a request, as OpenAI's API takes it. External schema references and patterns that can hang are refused."
        error={why}
      >
        {(control) => (
          <Textarea
            {...control}
            rows={12}
            spellCheck={false}
            className="w-full font-mono text-xs"
            placeholder='[{"type": "function", "function": {"name": "get_order", "description": "…", "parameters": {…}}}]'
            value={text}
            onChange={(event) => type(event.target.value)}
          />
        )}
      </Field>
      {put.problem &&
        (put.problem.errors.length > 0 ? (
          <ProblemList problems={put.problem.errors} />
        ) : (
          <ErrorState problem={put.problem} size="inline" />
        ))}
      <RoleFields roles={roles} onChange={setRoles} />
      <div>
        <Button variant="primary" pending={put.isPending} disabledReason={blocked} onClick={save}>
          Save tools
        </Button>
      </div>
      {tools.tools.length > 0 && <Covered tools={tools} />}
    </>
  );
}

function RoleFields({
  roles,
  onChange,
}: {
  roles: Record<string, ToolRole>;
  onChange: (roles: Record<string, ToolRole>) => void;
}) {
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
