"use client";

import { lazy, useState } from "react";
import type { AdapterPlacement } from "#lib/fleet/schema.ts";
import { Button, TextLink } from "../ui/button.tsx";
import { Card, Notice } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { MeasurementView } from "../ui/measurement.tsx";
import { OnceOpened } from "../ui/once-opened.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { StatusShape } from "../ui/status.tsx";
import type { StateRole } from "../ui/status-words.ts";
import { useApi } from "../ui/use-api.ts";

const REFRESH_MS = 10_000;
const PlacementDialog = lazy(() =>
  import("./placement-dialog.tsx").then((module) => ({ default: module.PlacementDialog })),
);

const ACTIONS: Record<AdapterPlacement["moves"][number]["action"], { word: string; role: StateRole }> = {
  keep: { word: "Stays on", role: "ok" },
  add: { word: "Goes to", role: "busy" },
  remove: { word: "Leaves", role: "off" },
};

/** On how many nodes an adapter is wanted, on which for sure, and what its pool's plan makes of it. */
export function AdapterPlacementCard({ adapterId }: { adapterId: string }) {
  const read = useApi("GET /adapters/{adapterId}/placement", { params: { adapterId } }, { refreshMs: REFRESH_MS });
  const [isOpen, setOpen] = useState(false);
  const denied = useDenied("placement.write");
  const placement = read.data;
  return (
    <Card
      title="Placement"
      actions={
        placement && (
          <Button size="sm" disabledReason={denied} onClick={() => setOpen(true)}>
            Change placement
          </Button>
        )
      }
    >
      {!placement && !read.problem && <Skeleton className="h-20 w-full" />}
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      {placement && (
        <>
          <Placed placement={placement} />
          <OnceOpened open={isOpen}>
            {isOpen && <PlacementDialog placement={placement} onClose={() => setOpen(false)} />}
          </OnceOpened>
        </>
      )}
    </Card>
  );
}

const wantedText = ({ replicas, effectiveReplicas }: AdapterPlacement): string => {
  const count =
    effectiveReplicas === null
      ? "every serving node"
      : effectiveReplicas === 1
        ? "1 node"
        : `${effectiveReplicas} nodes`;
  return `On ${count}, ${replicas === null ? "pool default" : "set on the adapter"}`;
};

function Placed({ placement }: { placement: AdapterPlacement }) {
  return (
    <div className="flex flex-col gap-4">
      {placement.unplaced.map(({ reason, fix }) => (
        <Notice key={reason} tone="warn">
          {reason} {fix}
        </Notice>
      ))}
      <div className="grid grid-cols-1 gap-x-8 gap-y-4 lg:grid-cols-2">
        <KeyValue
          rows={[
            { label: "Desired", value: wantedText(placement) },
            { label: "Pinned", value: <Pins placement={placement} /> },
            { label: "Demand", value: <Demand placement={placement} /> },
            {
              label: "Plan",
              value: <TextLink href={`/pools/${placement.poolId}/placement`}>Pool placement plan</TextLink>,
            },
          ]}
        />
        <MoveList moves={placement.moves} />
      </div>
    </div>
  );
}

function Pins({ placement }: { placement: AdapterPlacement }) {
  const { pinnedNodeIds } = placement;
  const isPinned = pinnedNodeIds.length > 0;
  const nodes = useApi("GET /nodes", { query: { poolId: placement.poolId, limit: 200 } }, { enabled: isPinned }).data;
  if (!isPinned) return "To no node";
  return pinnedNodeIds.map((id) => nodes?.items.find((node) => node.id === id)?.name ?? id).join(", ");
}

function Demand({ placement: { demand } }: { placement: AdapterPlacement }) {
  if (demand === null) return "No requests for a day: treated as cold";
  const origin = { source: "measured", simulated: false, asOf: demand.observedAt, coverage: null } as const;
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-2">
      <MeasurementView value={{ ...origin, value: demand.requestsPerMinute, unit: "requests/min" }} />
      <span className="text-fg-3">at most {demand.peakConcurrent} at once</span>
    </span>
  );
}

function MoveList({ moves }: Pick<AdapterPlacement, "moves">) {
  if (moves.length === 0) return <p className="text-sm text-fg-3">No live version yet, so nothing is placed.</p>;
  return (
    <ul aria-label="Planned placement" className="flex flex-col gap-2 text-sm">
      {moves.map((move) => (
        <li key={`${move.versionId} ${move.nodeId} ${move.action}`} className="flex gap-2">
          <span className="flex h-5 items-center">
            <StatusShape state={ACTIONS[move.action].role} />
          </span>
          <span className="min-w-0">
            {ACTIONS[move.action].word}{" "}
            <TextLink href={`/nodes/${move.nodeId}`} className="font-medium">
              {move.nodeName}
            </TextLink>{" "}
            <span className="text-fg-3">v{move.versionNumber}</span>
            <span className="block text-fg-2">{move.reason}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
