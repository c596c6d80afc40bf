"use client";

import { lazy, useState } from "react";
import { useStale } from "#components/ui/as-of.tsx";
import { Button } from "#components/ui/button.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatDuration } from "#components/ui/format-time.ts";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApiList } from "#components/ui/use-api.ts";
import type { Rollout } from "#lib/fleet/schema.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { limitChanges } from "./limit-facts.ts";
import { usePool } from "./pool-frame.tsx";
import { useProposedLimits } from "./use-proposed-limits.ts";

const ChangeLimitsDialog = lazy(() =>
  import("./change-limits-dialog.tsx").then((module) => ({ default: module.ChangeLimitsDialog })),
);

const REFRESH_MS = 5000;

/** "GPU slots 4 → 8, Rank 16 → 32". */
const changesText = ({ before, target }: Pick<Rollout, "before" | "target">): string =>
  limitChanges(before, target)
    .map((change) => `${change.label} ${change.before} → ${change.after}`)
    .join(", ") || "No limit";

const COLUMNS: readonly Column<Rollout>[] = [
  { id: "started", header: "Started", cell: (row) => <Time at={row.createdAt} /> },
  { id: "state", header: "State", cell: (row) => <Status of="rollout" is={row.state} /> },
  { id: "changes", header: "Changes", cell: (row) => changesText(row), truncate: true, width: "w-full" },
  {
    id: "nodes",
    header: "Nodes done",
    align: "end",
    hideBelow: "sm",
    cell: (row) => `${row.nodes.filter(({ phase }) => phase === "done").length} of ${row.nodes.length}`,
  },
  {
    id: "took",
    header: "Took",
    align: "end",
    hideBelow: "md",
    cell: (row) => (row.finishedAt ? formatDuration(Date.parse(row.finishedAt) - Date.parse(row.createdAt)) : "–"),
  },
  { id: "by", header: "Started by", hideBelow: "lg", cell: (row) => row.startedBy },
];

/** Changes of engine limits, newest first, and the button that starts one. */
export function RolloutList({ poolId }: { poolId: string }) {
  const pool = usePool(poolId).data;
  const list = useApiList("GET /pools/{poolId}/rollouts", { params: { poolId } }, { refreshMs: REFRESH_MS });
  const isRunning = list.items?.some(({ state }) => state === "running") ?? false;
  const last = list.items?.[0];
  const change = (
    <ChangeLimitsButton
      pool={pool}
      isRunning={isRunning}
      mayBeMixed={last !== undefined && last.state !== "completed"}
    />
  );
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-md text-fg-2">
          vLLM reads these limits at start only: a change restarts every node, one at a time.
        </p>
        {change}
      </div>
      <DataTable
        label="Rollouts"
        columns={COLUMNS}
        {...list.table}
        rowKey={(row) => row.id}
        rowHref={(row) => `/pools/${poolId}/rollouts/${row.id}`}
        stale={useStale(list.readAt, REFRESH_MS)}
        empty={
          <EmptyState title="No rollouts yet">
            A rollout shows memory and consequences first, then restarts and verifies one node at a time.
          </EmptyState>
        }
      />
    </div>
  );
}

/** Opens the dialog that changes engine limits; one rollout at a time. */
function ChangeLimitsButton({
  pool,
  isRunning,
  mayBeMixed,
}: {
  pool: Pool | undefined;
  isRunning: boolean;
  /** The last rollout stopped half-way: the same limits may be rolled out again. */
  mayBeMixed: boolean;
}) {
  const { proposed, forget } = useProposedLimits();
  const [isOpen, setOpen] = useState(proposed !== null);
  const denied = useDenied("fleet.write");
  const close = () => {
    setOpen(false);
    forget();
  };
  const busy = isRunning ? "A rollout is running. Wait for it to end, or cancel it." : undefined;
  return (
    <>
      <Button disabledReason={denied ?? busy} onClick={() => setOpen(true)}>
        Change limits
      </Button>
      {pool && !denied && (
        <OnceOpened open={isOpen}>
          {isOpen && !isRunning && (
            <ChangeLimitsDialog pool={pool} mayBeMixed={mayBeMixed} proposed={proposed} onClose={close} />
          )}
        </OnceOpened>
      )}
    </>
  );
}
