"use client";

import { parseAsBoolean, useQueryState } from "nuqs";
import { useState } from "react";
import { AsOf } from "#components/ui/as-of.tsx";
import { Button, TextLink } from "#components/ui/button.tsx";
import { Card, Notice } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { notify } from "#components/ui/toast.tsx";
import { Switch } from "#components/ui/toggle.tsx";
import { useApi, useApiMutation } from "#components/ui/use-api.ts";
import type { PlacementPlan } from "#lib/fleet/schema.ts";
import { Moves, NodeLoads } from "./placement-tables.tsx";

const REFRESH_MS = 10_000;

/** Where a pool's adapters would go, and why: a dry run until it is applied. */
export function PoolPlacement({ poolId }: { poolId: string }) {
  const read = useApi("GET /pools/{poolId}/placement-plan", { params: { poolId } }, { refreshMs: REFRESH_MS });
  const [isAll, setAll] = useQueryState("all", parseAsBoolean.withDefault(false));
  const plan = read.data;
  if (!plan) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-80 w-full" />;
  }
  const kept = plan.moves.filter(({ action }) => action === "keep").length;
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-md text-fg-2">
          Dry run: nothing moves until you apply it. An adapter is unloaded only after its new node has verified the
          load. <AsOf at={plan.asOf} intervalMs={REFRESH_MS} />
        </p>
        <ApplyButton plan={plan} />
      </div>
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      <Unplaced unplaced={plan.unplaced} />
      <Card title="Nodes with this plan" flush>
        <NodeLoads nodes={plan.nodes} />
      </Card>
      <Card
        title="Moves"
        aside={summaryOf(plan)}
        actions={
          kept > 0 && (
            <Switch
              label={`Show ${kept} that stay`}
              checked={isAll}
              onChange={(event) => void setAll(event.target.checked)}
            />
          )
        }
        flush
      >
        <Moves moves={plan.moves} hidesKept={!isAll} />
      </Card>
    </div>
  );
}

const countOf = (plan: PlacementPlan, action: "add" | "remove"): number =>
  plan.moves.filter((move) => move.action === action).length;

const summaryOf = (plan: PlacementPlan): string =>
  `${countOf(plan, "add")} to load, ${countOf(plan, "remove")} to unload`;

function Unplaced({ unplaced }: Pick<PlacementPlan, "unplaced">) {
  if (unplaced.length === 0) return null;
  return (
    <Notice tone="warn">
      <ul aria-label="Adapters that cannot be placed as desired" className="flex flex-col gap-1">
        {unplaced.map(({ adapterId, adapterSlug, reason, fix }) => (
          <li key={`${adapterId} ${reason}`}>
            <TextLink href={`/adapters/${adapterId}`} className="text-warn underline">
              {adapterSlug}
            </TextLink>
            : {reason} {fix}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function ApplyButton({ plan }: { plan: PlacementPlan }) {
  const [isOpen, setOpen] = useState(false);
  const denied = useDenied("placement.write");
  const [adds, removes] = [countOf(plan, "add"), countOf(plan, "remove")];
  const apply = useApiMutation("POST /pools/{poolId}/placement-plan/apply", {
    alsoRefresh: ["placements", "nodes", "adapters"],
    onDone: (applied) => {
      setOpen(false);
      notify({ title: "Plan applied", detail: `${summaryOf(applied)}; follow it on the nodes.`, tone: "ok" });
    },
  });
  const nothing = adds + removes === 0 ? "No moves needed." : undefined;
  return (
    <>
      <Button disabledReason={denied ?? nothing} onClick={() => setOpen(true)}>
        Apply plan
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={(open) => {
          if (!open) apply.reset();
          setOpen(open);
        }}
        title="Apply this placement plan?"
        confirmLabel="Apply plan"
        pending={apply.isPending}
        problem={apply.problem}
        onConfirm={() => apply.run({ params: { poolId: plan.poolId } })}
      >
        <ul className="flex list-disc flex-col gap-1 ps-4 text-fg marker:text-fg-3">
          <li>
            {adds === 1 ? "1 version is loaded on a node" : `${adds} versions are loaded on nodes`}, one at a time on
            each.
          </li>
          <li>
            {removes === 1 ? "1 version is" : `${removes} versions are`} unloaded, each only after the new nodes have
            verified the load. No tenant loses service.
          </li>
          <li>The plan is recalculated when you apply it.</li>
        </ul>
      </ConfirmDialog>
    </>
  );
}
