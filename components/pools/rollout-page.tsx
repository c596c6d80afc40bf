"use client";

import { useState } from "react";
import { Button, TextLink } from "#components/ui/button.tsx";
import { Card, Notice } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatDuration } from "#components/ui/format-time.ts";
import { KeyValue } from "#components/ui/key-value.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApi, useApiMutation } from "#components/ui/use-api.ts";
import type { Rollout } from "#lib/fleet/schema.ts";
import { usePool } from "./pool-frame.tsx";
import { RolloutNodes } from "./rollout-nodes.tsx";
import { LimitChangeTable, SlotMemoryChange } from "./rollout-preview.tsx";

const REFRESH_MS = 2000;

/** One rollout: what changes, and node by node how far it is. */
export function RolloutPage({ poolId, rolloutId }: { poolId: string; rolloutId: string }) {
  const read = useApi("GET /rollouts/{rolloutId}", { params: { rolloutId } }, { refreshMs: REFRESH_MS });
  const pool = usePool(poolId).data;
  const rollout = read.data;
  if (!rollout) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-80 w-full" />;
  }
  return (
    <div className="flex flex-col gap-6">
      <Head rollout={rollout} />
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      <RolloutNodes rollout={rollout} restartStep={pool?.restartStep ?? null} />
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-2">
        <Card title="Limits">
          <div className="flex flex-col gap-4">
            <LimitChangeTable before={rollout.before} target={rollout.target} />
            {pool && <SlotMemoryChange pool={pool} before={rollout.before} target={rollout.target} />}
          </div>
        </Card>
        <Facts rollout={rollout} />
      </div>
    </div>
  );
}

function Head({ rollout }: { rollout: Rollout }) {
  const done = rollout.nodes.filter(({ phase }) => phase === "done").length;
  return (
    <section aria-labelledby="rollout-title" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h2 id="rollout-title" className="text-lg font-semibold">
          Rollout of new limits
        </h2>
        <Status of="rollout" is={rollout.state} tinted since={rollout.finishedAt ?? rollout.createdAt} />
        <CopyId id={rollout.id} />
        <span className="text-sm text-fg-2" role="status">
          {done} of {rollout.nodes.length} nodes done
        </span>
        <span className="ms-auto flex items-center gap-2">
          <TextLink href={`/pools/${rollout.poolId}/rollouts`} className="text-sm">
            All rollouts
          </TextLink>
          {rollout.state === "running" && <CancelButton rollout={rollout} />}
        </span>
      </div>
      {rollout.message && (
        <Notice tone={rollout.state === "failed" ? "bad" : rollout.state === "completed" ? "ok" : "busy"}>
          {rollout.message}
        </Notice>
      )}
    </section>
  );
}

function Facts({ rollout }: { rollout: Rollout }) {
  return (
    <Card title="Facts">
      <KeyValue
        rows={[
          { label: "Started by", value: rollout.startedBy },
          { label: "Started", value: <Time at={rollout.createdAt} /> },
          { label: "Ended", value: rollout.finishedAt ? <Time at={rollout.finishedAt} /> : "Still running" },
          {
            label: "Took",
            value: rollout.finishedAt
              ? formatDuration(Date.parse(rollout.finishedAt) - Date.parse(rollout.createdAt))
              : null,
          },
          { label: "Drain", value: `${formatDuration(rollout.drainSeconds * 1000)} at most, each node` },
          { label: "Restart", value: `${formatDuration(rollout.restartSeconds * 1000)} at most, each node` },
        ]}
      />
    </Card>
  );
}

/** Stops after the node that is on its way; what was restarted keeps its new limits. */
function CancelButton({ rollout }: { rollout: Rollout }) {
  const [isOpen, setOpen] = useState(false);
  const denied = useDenied("fleet.write");
  const cancel = useApiMutation("POST /rollouts/{rolloutId}/cancel", {
    alsoRefresh: ["pools", "nodes"],
    onDone: () => {
      setOpen(false);
      notify({ title: "Rollout cancelled", tone: "ok" });
    },
  });
  const restarted = rollout.nodes.filter(({ phase }) => phase === "done").map(({ nodeName }) => nodeName);
  return (
    <>
      <Button disabledReason={denied} onClick={() => setOpen(true)}>
        Cancel rollout
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={(open) => {
          if (!open) cancel.reset();
          setOpen(open);
        }}
        title="Cancel this rollout?"
        confirmLabel="Cancel rollout"
        tone="danger"
        pending={cancel.isPending}
        problem={cancel.problem}
        onConfirm={() => cancel.run({ params: { rolloutId: rollout.id } })}
      >
        <ul className="flex list-disc flex-col gap-1 ps-4 text-fg marker:text-fg-3">
          <li>No further node is restarted.</li>
          <li>
            {restarted.length === 0
              ? "No node has the new limits yet."
              : `${restarted.join(", ")} keeps the new limits. The pool's nodes differ until another rollout aligns them.`}
          </li>
        </ul>
      </ConfirmDialog>
    </>
  );
}
