"use client";

import { useRouter } from "next/navigation";
import type { GatePreview } from "#lib/evals/browser/bulk-schema.ts";
import type { NodeForecast, StagePreview } from "#lib/fleet/browser/bulk-schema.ts";
import type { Job } from "#lib/jobs/schema.ts";
import type { MemoryMeasurement } from "#lib/pools/browser/memory-schema.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/card.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { formatBytes, formatCount, quantityText } from "../ui/format.ts";
import { Stat } from "../ui/measurement.tsx";
import { useReader } from "../ui/reader.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { notify } from "../ui/toast.tsx";
import { ItemLists } from "./item-lists.tsx";
import { type BulkChoice, type BulkKind, useBulk } from "./use-bulk.ts";

const WORDS = {
  stage: { title: "Stage versions", verb: "Stage", done: "staged" },
  gate: { title: "Run gates", verb: "Run the gates of", done: "evaluated" },
} as const;

const versions = (count: number, locale: string) =>
  `${formatCount(count, locale)} ${count === 1 ? "version" : "versions"}`;

/** What would happen to each, what it would take, and what does not fit; then one button. */
export function BulkDialog({
  kind,
  choice,
  open,
  onOpenChange,
  onStarted,
}: {
  kind: BulkKind;
  choice: BulkChoice;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onStarted: (job: Job) => void;
}) {
  const router = useRouter();
  const bulk = useBulk(kind, choice, open, (job) => {
    notify({
      title: "Job started",
      detail: job.title,
      tone: "ok",
      action: { label: "Open job", onClick: () => router.push(`/jobs/${job.id}`) },
    });
    onStarted(job);
  });
  const { preview } = bulk;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      size="lg"
      title={WORDS[kind].title}
      description="Preview only. Nothing has changed yet."
      footer={<Buttons kind={kind} bulk={bulk} onClose={() => onOpenChange(false)} />}
    >
      <div className="flex flex-col gap-5">
        {bulk.problem && <ErrorState problem={bulk.problem} onRetry={bulk.retry} />}
        {bulk.startProblem && <ErrorState problem={bulk.startProblem} size="inline" />}
        {preview === undefined && !bulk.problem && <Skeleton className="h-64 w-full" />}
        {preview && <Preview kind={kind} preview={preview} />}
      </div>
    </Dialog>
  );
}

function Buttons({ kind, bulk, onClose }: { kind: BulkKind; bulk: ReturnType<typeof useBulk>; onClose: () => void }) {
  const { locale } = useReader();
  const count = bulk.preview?.totals.act ?? 0;
  const reason =
    bulk.preview === undefined
      ? "The preview is still loading."
      : "This action applies to none of the selected versions.";
  return (
    <>
      <Button onClick={onClose}>Close</Button>
      <Button
        variant="primary"
        pending={bulk.isStarting}
        disabledReason={count === 0 ? reason : undefined}
        onClick={bulk.start}
      >
        {count === 0 ? WORDS[kind].title : `${WORDS[kind].verb} ${versions(count, locale)}`}
      </Button>
    </>
  );
}

function Preview({ kind, preview }: { kind: BulkKind; preview: StagePreview | GatePreview }) {
  const { locale } = useReader();
  const { totals, items } = preview;
  const parts = [
    `${versions(totals.act, locale)} would be ${WORDS[kind].done}`,
    ...(totals.skip > 0 ? [`${formatCount(totals.skip, locale)} unchanged`] : []),
    ...(totals.withoutReady > 0 ? [`${formatCount(totals.withoutReady, locale)} without a ready version`] : []),
  ];
  return (
    <>
      <p className="text-md font-medium" role="status">
        {parts.join(", ")}.
      </p>
      {totals.warnings.map((warning) => (
        <Notice key={warning} tone="warn">
          {warning}
        </Notice>
      ))}
      {totals.act > 0 && (
        <>
          <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
            {"calls" in totals ? (
              <>
                <Measure label="Prompts sent" measure={totals.calls} />
                <Measure label="Evaluation time" measure={totals.asking} />
              </>
            ) : (
              <>
                <Measure label="Copied to nodes" measure={totals.copied} />
                <Measure label="Load time" measure={totals.duration} />
              </>
            )}
            <Measure label="Read into memory" measure={totals.loaded} />
            <Measure label="Node cost" measure={totals.cost} />
          </div>
          <DataTable
            label="Nodes"
            columns={NODE_COLUMNS}
            rows={totals.nodes}
            rowKey={(row) => row.nodeId}
            empty={<EmptyState title="No nodes affected">No version needs to be loaded.</EmptyState>}
          />
        </>
      )}
      <ItemLists items={items} />
    </>
  );
}

function Measure({ label, measure }: { label: string; measure: MemoryMeasurement }) {
  return <Stat label={label} value={measure.figure} formula={measure.formula} note={measure.note} />;
}

const NODE_COLUMNS: readonly Column<NodeForecast>[] = [
  { id: "node", header: "Node", cell: (row) => (row.standalone ? `${row.nodeName} (standalone)` : row.nodeName) },
  { id: "loads", header: "Loads", align: "end", cell: (row) => row.loads },
  { id: "bytes", header: "Bytes", align: "end", hideBelow: "sm", cell: (row) => <Bytes value={row.bytes} /> },
  {
    id: "places",
    header: "CPU cache, peak",
    align: "end",
    cell: (row) => (
      <span className={row.residentPeak > row.places ? "font-medium text-warn" : undefined}>
        {row.residentPeak} of {row.places}
      </span>
    ),
  },
  { id: "now", header: "Now", align: "end", hideBelow: "md", cell: (row) => row.residentNow },
  { id: "slots", header: "GPU slots", align: "end", hideBelow: "sm", cell: (row) => row.slots },
];

function Bytes({ value }: { value: number }) {
  return <>{quantityText(formatBytes(value, useReader().locale))}</>;
}
