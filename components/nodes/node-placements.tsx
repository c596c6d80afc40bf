"use client";

import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useMemo } from "react";
import { useStale } from "#components/ui/as-of.tsx";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/card.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Select } from "#components/ui/input.tsx";
import { ProvenanceIcon } from "#components/ui/provenance.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { Status } from "#components/ui/status.tsx";
import { STATUS } from "#components/ui/status-words.ts";
import { TierMark } from "#components/ui/tier-mark.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApiList, useApiMutation } from "#components/ui/use-api.ts";
import type { Placement } from "#lib/fleet/schema.ts";
import type { NodeResidency } from "#lib/metrics/schema.ts";
import type { Version } from "#lib/registry/schema.ts";
import { POLL_MS } from "./node-frame.tsx";
import { HeldBy, ProbeCell, WhyCell } from "./placement-cells.tsx";
import { useMorePages } from "./use-more-pages.ts";
import { useResidency } from "./use-residency.ts";
import { useVersions } from "./use-versions.ts";
import { VersionLink } from "./version-link.tsx";

type Facts = { versions: ReadonlyMap<string, Version>; residency: NodeResidency | undefined };

const columnsFor = ({ versions, residency }: Facts): readonly Column<Placement>[] => [
  {
    id: "version",
    header: "Version",
    cell: (row) => <VersionLink id={row.versionId} version={versions.get(row.versionId)} />,
  },
  { id: "desire", header: "Desired", cell: (row) => (row.desire === "present" ? "Here" : "Gone"), hideBelow: "lg" },
  { id: "state", header: "Observed", cell: (row) => <State placement={row} /> },
  {
    id: "tier",
    header: "Tier",
    headerMark: residency && (
      <span className="ms-1 inline-flex align-middle">
        <ProvenanceIcon origin={residency.slots.gpu.used} />
      </span>
    ),
    cell: (row) => <TierMark tier={tierOf(residency, row.versionId)} isShortOnPhones />,
  },
  {
    id: "message",
    header: "Why",
    cell: (row) => <WhyCell placement={row} />,
    truncate: true,
    width: "w-full",
    hideBelow: "sm",
  },
  { id: "probe", header: "Load probe", cell: (row) => <ProbeCell probe={row.probe} />, hideBelow: "md" },
  { id: "holds", header: "Needed by", cell: (row) => <HeldBy holds={row.holds} />, hideBelow: "xl" },
];

const tierOf = (residency: NodeResidency | undefined, versionId: string) =>
  residency === undefined || residency.note !== null
    ? "unknown"
    : (residency.items.find((item) => item.versionId === versionId)?.tier ?? "absent");

/** From the words, not from the schema: the schema would bring its validator into the page. */
const STATES = Object.keys(STATUS.placement) as Placement["state"][];
const STATE_OPTIONS = STATES.map((state) => ({ value: state, label: STATUS.placement[state][1] }));

/** What should be on one node, what was seen of it, and in which tier it lies. */
export function NodePlacements({ nodeId }: { nodeId: string }) {
  const [state, setState] = useQueryState("state", parseAsStringLiteral(STATES));
  const list = useApiList("GET /placements", { query: { nodeId, limit: 200 } }, { refreshMs: POLL_MS });
  useMorePages(list, true);
  const residency = useResidency(nodeId).data;
  const versions = useVersions((list.items ?? []).map((row) => row.versionId));
  const columns = useMemo(() => columnsFor({ versions, residency }), [versions, residency]);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Select
          aria-label="Observed state"
          value={state ?? ""}
          onChange={(event) => void setState(STATES.find((each) => each === event.target.value) ?? null)}
          placeholder="Any state"
          options={STATE_OPTIONS}
          className="w-44"
        />
        {residency && <Leftovers residency={residency} />}
      </div>
      {residency?.note && <Notice tone="warn">{residency.note}</Notice>}
      <DataTable
        label="Loaded adapters"
        columns={columns}
        {...list.table}
        rows={list.items?.filter((row) => state === null || row.state === state)}
        rowKey={(row) => row.id}
        stale={useStale(list.readAt, POLL_MS)}
        expectedRows={16}
        empty={
          state ? (
            <EmptyState title={`No version is ${STATUS.placement[state][1].toLowerCase()} here`}>
              Choose another state above.
            </EmptyState>
          ) : (
            <EmptyState title="No adapters placed here">
              Load a version to place it on every serving node of its pool. Live versions stay loaded.
            </EmptyState>
          )
        }
      />
    </div>
  );
}

/** Weights that are still in memory although the node forgot their names: vLLM keeps them until it needs the room. */
function Leftovers({ residency }: { residency: NodeResidency }) {
  const left = residency.items.filter(({ loaded, tier }) => !loaded && (tier === "gpu" || tier === "cpu"));
  if (left.length === 0) return null;
  return (
    <p className="text-sm text-fg-2" title={left.map(({ loraName }) => loraName).join(", ")}>
      {left.length === 1 ? "1 unloaded adapter is" : `${left.length} unloaded adapters are`} still in memory until the
      space is needed.
    </p>
  );
}

/** On a phone there is no room for the column "Why": what is not as it should be says it here. */
function State({ placement }: { placement: Placement }) {
  const { state, since, message, nextAttemptAt } = placement;
  return (
    <>
      <span className="inline-flex items-center gap-2">
        <Status of="placement" is={state} since={state === "routable" ? null : since} />
        {state === "failed" && <RetryButton placement={placement} />}
      </span>
      {state !== "routable" && message && (
        <span className="block whitespace-normal text-xs text-fg-2 sm:hidden">
          {message}
          {nextAttemptAt && (
            <>
              {" "}
              Next try <Time at={nextAttemptAt} />.
            </>
          )}
        </span>
      )}
    </>
  );
}

/** Gives a failed placement another try now, instead of at its next time. */
function RetryButton({ placement }: { placement: Placement }) {
  const denied = useDenied("placement.write");
  const retry = useApiMutation("POST /placements/{placementId}/retry", { alsoRefresh: ["nodes"] });
  return (
    <span className="row-action inline-flex items-center gap-2">
      <Button
        size="sm"
        disabledReason={denied}
        pending={retry.isPending}
        onClick={() => retry.run({ params: { placementId: placement.id } })}
      >
        Try again
      </Button>
      {retry.problem && (
        <span role="alert" className="text-xs text-bad" title={retry.problem.detail}>
          {retry.problem.title}
        </span>
      )}
    </span>
  );
}
