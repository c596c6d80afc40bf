"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import type { BindingItem, Template } from "#lib/evals/browser/template-schema.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { FormText } from "../ui/form/form-fields.tsx";
import { SubmitRow } from "../ui/form/submit-row.tsx";
import { useApiForm, useFormValues } from "../ui/form/use-api-form.ts";
import { Segments } from "../ui/segments.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { notify } from "../ui/toast.tsx";
import { useApiMutation } from "../ui/use-api.ts";

const COLUMNS: readonly Column<BindingItem>[] = [
  { id: "tenant", header: "Tenant", cell: (row) => row.tenantName, truncate: true, width: "w-40" },
  {
    id: "standing",
    header: "Standing",
    cell: (row) => <Status of="suite" is={row.act ? (row.isLargeEnough ? "gateable" : "short") : "none"} />,
  },
  { id: "prompts", header: "Prompts", align: "end", cell: (row) => row.prompts },
  {
    id: "missing",
    header: "Missing",
    width: "w-full",
    cell: (row) => (
      <div className="min-w-56 whitespace-normal py-1.5">
        <p>{[row.reason, row.fix].filter(Boolean).join(" ")}</p>
        {row.missing.slice(0, 4).map(({ pattern, why }) => (
          <p key={pattern} className="text-xs text-fg-2">
            {pattern}: {why}
          </p>
        ))}
        {row.missing.length > 4 && <p className="text-xs text-fg-2">and {row.missing.length - 4} more patterns</p>}
      </div>
    ),
  },
];

const SIZES = ["5", "10", "12", "30", "50"].map((key) => ({ key, label: key }));

function useBinding(template: Template, onDone: () => void) {
  const router = useRouter();
  const bind = useApiMutation("POST /suite-templates/{templateId}/bind", {
    alsoRefresh: ["jobs", "suites", "suite-readiness"],
    onDone: (job) => {
      notify({
        title: "Job started",
        detail: job.title,
        tone: "ok",
        action: { label: "Open job", onClick: () => router.push(`/jobs/${job.id}`) },
      });
      onDone();
    },
  });
  return useApiForm({
    start: { perPattern: 12, suiteName: template.name },
    callOf: ({ perPattern, suiteName }) => {
      const body = { perPattern, ...(suiteName.trim() === "" ? {} : { suiteName }) };
      return {
        schema: async () => (await import("#lib/evals/browser/template-schema.ts")).StartBinding,
        body,
        send: () => bind.runAsync({ params: { templateId: template.id }, body }),
      };
    },
  });
}

/** What binding would make for each tenant and what is missing; then one job for all. */
export function BindForm({ template, onDone }: { template: Template; onDone: () => void }) {
  const form = useBinding(template, onDone);
  const { perPattern } = useFormValues(form);
  const preview = useApiMutation("POST /suite-templates/{templateId}/preview");
  const { run } = preview;
  useEffect(() => run({ params: { templateId: template.id }, body: { perPattern } }), [template.id, perPattern, run]);
  const totals = preview.data?.totals;
  return (
    <form onSubmit={form.submit} className="flex flex-col gap-4" noValidate>
      <div className="flex flex-wrap items-end gap-4">
        <div className="flex flex-col gap-1.5">
          <span className="text-sm font-medium">Prompts of each pattern</span>
          <Segments
            label="Prompts of each pattern"
            options={SIZES}
            value={String(perPattern)}
            onChange={(key) => form.setValue("perPattern", Number(key))}
          />
        </div>
        <FormText form={form} name="suiteName" label="Name of the suites" />
      </div>
      {preview.problem && <ErrorState problem={preview.problem} size="inline" />}
      {totals ? (
        <p className="text-md font-medium" role="status">
          {totals.act} {totals.act === 1 ? "tenant gets" : "tenants get"} a suite, {totals.largeEnough} of them long
          enough for a gate; {totals.skip} unchanged.
        </p>
      ) : (
        <Skeleton className="h-6 w-full" />
      )}
      <DataTable
        label="Tenants"
        columns={COLUMNS}
        rows={preview.data?.items}
        rowKey={(row) => row.tenantId}
        empty={<EmptyState title="No tenant yet">Add tenants, and set their tools.</EmptyState>}
      />
      <SubmitRow
        form={form}
        label={`Bind to ${totals?.act ?? 0} tenants`}
        blocked={
          !totals ? "The preview is still loading." : totals.act === 0 ? "No tenant has matching tools." : undefined
        }
      />
    </form>
  );
}
