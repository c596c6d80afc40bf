"use client";

import { useMemo } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApiList } from "#components/ui/use-api.ts";
import type { Placement, ProbeResult } from "#lib/fleet/schema.ts";
import type { Version } from "#lib/registry/schema.ts";
import { LOOK_MS } from "./node-frame.tsx";
import { useVersions } from "./use-versions.ts";
import { VersionLink } from "./version-link.tsx";

const columnsFor = (versions: ReadonlyMap<string, Version>): readonly Column<Placement>[] => [
  {
    id: "version",
    header: "Version",
    cell: (row) => <VersionLink id={row.versionId} version={versions.get(row.versionId)} />,
  },
  { id: "state", header: "State", cell: (row) => <State placement={row} /> },
  {
    id: "message",
    header: "Why",
    cell: (row) => <Why placement={row} />,
    truncate: true,
    width: "w-full",
    hideBelow: "sm",
  },
  { id: "probe", header: "Load probe", cell: (row) => <Probe probe={row.probe} />, hideBelow: "md" },
  {
    id: "holds",
    header: "Held by",
    cell: (row) => <HeldBy holds={row.holds} />,
    hideBelow: "lg",
  },
];

/** What should be on one node, and how far it is. */
export function NodePlacements({ nodeId }: { nodeId: string }) {
  const list = useApiList("GET /placements", { query: { nodeId, limit: 200 } }, { refreshMs: LOOK_MS });
  const versions = useVersions((list.items ?? []).map((row) => row.versionId));
  const columns = useMemo(() => columnsFor(versions), [versions]);
  return (
    <DataTable
      label="Placements"
      columns={columns}
      {...list.table}
      rowKey={(row) => row.id}
      expectedRows={16}
      empty={
        <EmptyState title="Nothing should be here">
          Load a version, and it comes to every serving node of its pool; a live one stays there.
        </EmptyState>
      }
    />
  );
}

/** On a phone there is no room for the column "Why": what is not as it should be says it here. */
function State({ placement }: { placement: Placement }) {
  const { state, since, message } = placement;
  return (
    <>
      <Status of="placement" is={state} since={since} />
      {state !== "routable" && message && (
        <span className="block whitespace-normal text-xs text-fg-2 sm:hidden">{message}</span>
      )}
    </>
  );
}

function Why({ placement }: { placement: Placement }) {
  const { message, updating, attempts, nextAttemptAt } = placement;
  return (
    <span title={message}>
      {updating && <span className="text-fg-3">an older wish: </span>}
      {message || "–"}
      {nextAttemptAt && (
        <span className="text-fg-3">
          {" "}
          · {attempts === 1 ? "1 attempt" : `${attempts} attempts`}, next <Time at={nextAttemptAt} />
        </span>
      )}
    </span>
  );
}

const OUTCOME: Record<ProbeResult["outcome"], string> = {
  effect: "Has an effect",
  no_effect: "No effect",
  wrong_model: "Wrong model",
  not_a_number: "Not a number",
  inconclusive: "Unclear, tried again",
};

/** What the one request after the load showed: how far the adapter moved the base's answers, and what that had to beat. */
function Probe({ probe }: { probe: ProbeResult | null }) {
  if (probe === null) return <span className="text-fg-3">Not probed</span>;
  const isGood = probe.outcome === "effect" || probe.outcome === "inconclusive";
  return (
    <span className="whitespace-nowrap">
      <span className={isGood ? undefined : "text-bad"}>{OUTCOME[probe.outcome]}</span>
      {probe.adapterDelta !== null && probe.threshold !== null && (
        <span className="text-fg-3" title={`Difference of log-probabilities over ${probe.positions} positions`}>
          {" "}
          · Δ {probe.adapterDelta.toPrecision(3)}, needs {probe.threshold.toPrecision(2)}
        </span>
      )}
    </span>
  );
}

function HeldBy({ holds }: Pick<Placement, "holds">) {
  if (holds.length === 0) return <span className="text-fg-3">Nobody</span>;
  const reasons = holds.map((hold) => hold.reason).join(", ");
  return (
    <span className="block max-w-48 truncate" title={reasons}>
      {reasons}
    </span>
  );
}
