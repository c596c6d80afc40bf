"use client";

import { useState } from "react";
import type { GateChange } from "#lib/evals/browser/answer-history-schema.ts";
import { LinkButton } from "../ui/button.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { MeasurementView } from "../ui/measurement.tsx";
import { Segments } from "../ui/segments.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import { useApiList } from "../ui/use-api.ts";
import { AnswerChangeBars } from "./answer-change-bars.tsx";

type Mode = keyof GateChange["modes"];

const columnsOf = (mode: Mode): readonly Column<GateChange>[] => [
  { id: "version", header: "Version", cell: (row) => `${row.adapterSlug} v${row.versionNumber}`, width: "w-full" },
  { id: "verdict", header: "Verdict", cell: (row) => <Status of="verdict" is={row.outcome} />, width: "w-36" },
  { id: "against", header: "Against", hideBelow: "lg", cell: (row) => row.against },
  {
    id: "changed",
    header: "Answers changed",
    align: "end",
    cell: (row) => <MeasurementView value={row.modes[mode].changed} mark="icon" />,
  },
  {
    id: "noise",
    header: "Noise floor",
    align: "end",
    cell: (row) => <MeasurementView value={row.modes[mode].noiseFloor} mark="icon" />,
  },
  {
    id: "regressed",
    header: "Regressed",
    align: "end",
    hideBelow: "sm",
    cell: (row) => <MeasurementView value={row.modes[mode].regressed} mark="none" />,
  },
  {
    id: "improved",
    header: "Improved",
    align: "end",
    hideBelow: "md",
    cell: (row) => <MeasurementView value={row.modes[mode].improved} mark="none" />,
  },
  {
    id: "flaky",
    header: "Flaky",
    align: "end",
    hideBelow: "md",
    cell: (row) => <MeasurementView value={row.modes[mode].flaky} mark="none" />,
  },
  { id: "at", header: "Judged", hideBelow: "sm", cell: (row) => <Time at={row.judgedAt} /> },
];

/** Version by version, how many answers changed against what served before, and how many change by themselves. */
export function AnswerHistory({ tenantId }: { tenantId: string }) {
  const [mode, setMode] = useState<Mode>("greedy");
  const list = useApiList("GET /tenants/{tenantId}/answer-history", { params: { tenantId }, query: {} });
  return (
    <section aria-labelledby="answer-change" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end gap-3">
        <div className="me-auto flex flex-col gap-1">
          <h2 id="answer-change" className="text-lg font-semibold">
            Answer change
          </h2>
          <p className="max-w-prose text-sm text-fg-2">
            Covers prompts that all sides answered. Regressed: mostly right before, mostly wrong now. Improved: the
            reverse. Flaky prompts vary without any change; their share is the noise floor.
          </p>
        </div>
        <Segments
          label="Decoding"
          value={mode}
          onChange={setMode}
          options={[
            { key: "greedy", label: "Greedy" },
            { key: "sampled", label: "Sampled" },
          ]}
        />
      </div>
      {list.isPending ? (
        <Skeleton className="h-48 w-full" />
      ) : (
        <AnswerChangeBars gates={list.items ?? []} mode={mode} />
      )}
      <DataTable
        label="Answer change, gate by gate"
        columns={columnsOf(mode)}
        {...list.table}
        rowKey={(row) => row.runId}
        rowHref={(row) => `/evals/runs/${row.runId}`}
        empty={
          <EmptyState
            title="No gate verdicts for this tenant yet"
            action={<LinkButton href={`/tenants/${tenantId}/adapters`}>Choose a version to run its gate</LinkButton>}
          >
            Each judged gate adds a row with the share of changed answers and the noise floor.
          </EmptyState>
        }
      />
    </section>
  );
}
