"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import type { BindingItem, Template } from "#lib/evals/browser/template-schema.ts";
import { Button } from "../ui/button.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Segments } from "../ui/segments.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { TextField } from "../ui/text-field.tsx";
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

const SIZES = [
  { key: "5", label: "5" },
  { key: "10", label: "10" },
  { key: "12", label: "12" },
  { key: "30", label: "30" },
  { key: "50", label: "50" },
] as const;

function useBinding(template: Template, perPattern: number, onDone: () => void) {
  const router = useRouter();
  const preview = useApiMutation("POST /suite-templates/{templateId}/preview", { onDone: () => {} });
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
  const { run } = preview;
  useEffect(() => {
    run({ params: { templateId: template.id }, body: { perPattern } });
  }, [template.id, perPattern, run]);
  return { preview, bind };
}

/** What binding would make for each tenant and what is missing; then one job for all. */
export function BindForm({ template, onDone }: { template: Template; onDone: () => void }) {
  const [perPattern, setPerPattern] = useState<(typeof SIZES)[number]["key"]>("12");
  const [suiteName, setSuiteName] = useState(template.name);
  const { preview, bind } = useBinding(template, Number(perPattern), onDone);
  const totals = preview.data?.totals;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end gap-4">
        <div className="flex flex-col gap-1.5">
          <span className="text-sm font-medium">Prompts of each pattern</span>
          <Segments label="Prompts of each pattern" options={SIZES} value={perPattern} onChange={setPerPattern} />
        </div>
        <TextField label="Name of the suites" value={suiteName} onChange={setSuiteName} />
      </div>
      {preview.problem && <ErrorState problem={preview.problem} size="inline" />}
      {bind.problem && <ErrorState problem={bind.problem} size="inline" />}
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
      <div>
        <Button
          variant="primary"
          pending={bind.isPending}
          disabledReason={
            !totals ? "The preview is still loading." : totals.act === 0 ? "No tenant has matching tools." : undefined
          }
          onClick={() =>
            bind.run({
              params: { templateId: template.id },
              body: { perPattern: Number(perPattern), ...(suiteName.trim() === "" ? {} : { suiteName }) },
            })
          }
        >
          Bind to {totals?.act ?? 0} tenants
        </Button>
      </div>
    </div>
  );
}
