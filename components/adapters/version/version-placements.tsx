"use client";

import type { Placement } from "#lib/fleet/schema.ts";
import { Button, TextLink } from "../../ui/button.tsx";
import { Notice } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { useDenied } from "../../ui/reader.tsx";
import { Status } from "../../ui/status.tsx";
import { useApiList, useApiMutation } from "../../ui/use-api.ts";
import { useVersion } from "./version-frame.tsx";

const COLUMNS: readonly Column<Placement>[] = [
  {
    id: "node",
    header: "Node",
    cell: (row) => (
      <TextLink href={`/nodes/${row.nodeId}`} className="whitespace-nowrap">
        {row.nodeName ?? row.nodeId}
      </TextLink>
    ),
    width: "w-40",
  },
  {
    id: "state",
    header: "State",
    cell: (row) => <Status of="placement" is={row.state} since={row.since} />,
    width: "w-44",
  },
  { id: "message", header: "Why", cell: (row) => row.message || "–", truncate: true, width: "w-full", hideBelow: "sm" },
  { id: "probe", header: "Load probe", hideBelow: "md", cell: (row) => <Probe placement={row} /> },
  {
    id: "holds",
    header: "Needed by",
    hideBelow: "lg",
    cell: (row) => row.holds.map((hold) => hold.reason.replace(/\.$/, "")).join(", ") || "None",
  },
];

/** Mean |Δ log-prob| of the adapter against the base, and the noise it had to exceed. */
function Probe({ placement }: { placement: Placement }) {
  const { probe } = placement;
  if (!probe) return "–";
  if (probe.adapterDelta === null) return probe.outcome;
  const delta = probe.adapterDelta.toPrecision(3);
  const threshold = probe.threshold === null ? "unknown" : probe.threshold.toPrecision(2);
  return (
    <span title="Mean difference of next-token log-probabilities, adapter against base">
      Δ {delta} <span className="text-fg-3">needs {threshold}</span>
    </span>
  );
}

/** Why it could not be loaded: sentences that a table's cell would cut. */
function Failures({ placements }: { placements: readonly Placement[] }) {
  const failed = placements.filter((placement) => placement.state === "failed" && placement.message !== "");
  if (failed.length === 0) return null;
  return (
    <Notice tone="bad">
      <ul className="flex flex-col gap-0.5">
        {failed.map((placement) => (
          <li key={placement.id}>
            {placement.nodeName ?? placement.nodeId}: {placement.message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** Where this version should be, and where it was seen. */
export function VersionPlacements({ versionId }: { versionId: string }) {
  const version = useVersion(versionId).data;
  const list = useApiList("GET /placements", { query: { versionId } }, { refreshMs: 2000 });
  const denied = useDenied("placement.write");
  const stage = useApiMutation("POST /versions/{versionId}/stage", { alsoRefresh: ["placements"] });
  const unstage = useApiMutation("POST /versions/{versionId}/unstage", { alsoRefresh: ["placements"] });
  const problem = stage.problem ?? unstage.problem;
  const isPlaced = (list.items?.length ?? 0) > 0;
  const isStaged =
    list.items?.some((placement) => placement.holds.some((hold) => hold.holder.startsWith("stage:"))) ?? false;
  const blocked =
    denied ?? (version?.state === "ready" ? undefined : "Only a version that passed its checks can be loaded.");
  return (
    <div className="flex flex-col gap-3">
      <div className="flex justify-end gap-2 empty:hidden">
        {isStaged && (
          <Button
            disabledReason={denied}
            pending={unstage.isPending}
            onClick={() => unstage.run({ params: { versionId } })}
          >
            Unload v{version?.number}
          </Button>
        )}
        {!isPlaced && (
          <Button
            variant="primary"
            disabledReason={blocked}
            pending={stage.isPending}
            onClick={() => stage.run({ params: { versionId }, body: {} })}
          >
            Load v{version?.number}
          </Button>
        )}
      </div>
      {problem && <ErrorState problem={problem} size="inline" />}
      <Failures placements={list.items ?? []} />
      <DataTable
        label="Placements"
        columns={COLUMNS}
        {...list.table}
        rowKey={(row) => row.id}
        empty={
          <EmptyState title="Not loaded on any node">
            Load it to place it on every node of its pool. Each load is verified with one real request.
          </EmptyState>
        }
      />
    </div>
  );
}
