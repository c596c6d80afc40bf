"use client";

import type { Placement, ProbeResult } from "#lib/fleet/schema.ts";
import { TextLink } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { StatusShape } from "../../ui/status.tsx";
import type { StateRole } from "../../ui/status-words.ts";
import { Time } from "../../ui/time.tsx";
import { useApiList } from "../../ui/use-api.ts";

const OUTCOMES: Record<ProbeResult["outcome"], { role: StateRole; word: string }> = {
  effect: { role: "ok", word: "Changes the answer" },
  no_effect: { role: "bad", word: "Changes nothing" },
  wrong_model: { role: "bad", word: "Another model answered" },
  not_a_number: { role: "bad", word: "Answers are not numbers" },
  inconclusive: { role: "warn", word: "Inconclusive" },
};

const COLUMNS: readonly Column<Placement>[] = [
  {
    id: "node",
    header: "Node",
    cell: (row) => <TextLink href={`/nodes/${row.nodeId}`}>{row.nodeName ?? row.nodeId}</TextLink>,
  },
  { id: "outcome", header: "Outcome", width: "w-full", cell: (row) => <Outcome probe={row.probe} /> },
  {
    id: "delta",
    header: "Largest difference",
    align: "end",
    cell: ({ probe }) => <Difference probe={probe} />,
    hideBelow: "sm",
  },
  {
    id: "positions",
    header: "Positions",
    align: "end",
    cell: ({ probe }) => probe?.positions ?? "–",
    hideBelow: "md",
  },
  { id: "at", header: "When", cell: ({ probe }) => (probe ? <Time at={probe.at} /> : "–") },
];

/** The one proof that an adapter has an effect: after each load, a real request to the adapter and to its base. */
export function LoadProbes({ versionId }: { versionId: string }) {
  const list = useApiList("GET /placements", { query: { versionId } }, { refreshMs: 5000 });
  return (
    <Card title="Load probe" aside="one real request after each load" flush>
      <DataTable
        label="Load probe, by node"
        columns={COLUMNS}
        {...list.table}
        rowKey={(row) => row.id}
        flush
        expectedRows={2}
        empty={
          <EmptyState title="Not loaded" className="py-6">
            Valid files can still have no effect. The load probe checks this on every node.
          </EmptyState>
        }
      />
    </Card>
  );
}

function Outcome({ probe }: { probe: ProbeResult | null }) {
  const { role, word } = probe ? OUTCOMES[probe.outcome] : { role: "unknown" as const, word: "Not probed yet" };
  return (
    <span className="inline-flex items-center gap-1.5">
      <StatusShape state={role} />
      {word}
    </span>
  );
}

/** Of a next-token log-probability, adapter against base; the engine's own noise sets what it must exceed. */
function Difference({ probe }: { probe: ProbeResult | null }) {
  if (probe === null) return "–";
  if (probe.adapterDelta === null) return "Unknown";
  return (
    <span title="Of a next-token log-probability, adapter against base">
      {probe.adapterDelta.toPrecision(3)}{" "}
      <span className="text-fg-3">needs {probe.threshold === null ? "unknown" : probe.threshold.toPrecision(2)}</span>
    </span>
  );
}
