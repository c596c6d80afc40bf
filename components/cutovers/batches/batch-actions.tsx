"use client";

import { useState } from "react";
import type { Batch } from "#lib/cutover/browser/batch-schema.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmConsequences } from "../../ui/confirm-consequences.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { useDenied } from "../../ui/reader.tsx";
import { useApiMutation } from "../../ui/use-api.ts";
import { cutovers } from "./batch-words.ts";

type Props = { batch: Batch };

const underWay = ({ counts }: Batch): string =>
  counts.running === 0
    ? "No cutover is running."
    : `Running cutovers (${counts.running}) continue under their own guards.`;

/** Starts nothing new for a while; nothing that customers would notice. */
export function PauseBatch({ batch }: Props) {
  const denied = useDenied("cutover.rollback");
  const pause = useApiMutation("POST /cutover-batches/{batchId}/pause");
  if (batch.state !== "running") return null;
  const { id: batchId, generation } = batch;
  return (
    <>
      <Button
        disabledReason={denied}
        pending={pause.isPending}
        onClick={() => pause.run({ params: { batchId }, body: {}, generation })}
      >
        Pause batch
      </Button>
      {pause.problem && <ErrorState problem={pause.problem} size="inline" />}
    </>
  );
}

/** After a pause, or after a stop by failures; the button says with how many. */
export function GoOn({ batch }: Props) {
  const [isAsking, setAsking] = useState(false);
  const denied = useDenied("cutover.start");
  const resume = useApiMutation("POST /cutover-batches/{batchId}/resume", {
    alsoRefresh: ["cutovers"],
    onDone: () => setAsking(false),
  });
  const { state, stoppedBy, counts, generation } = batch;
  if (state !== "paused" && (state !== "stopped" || stoppedBy === "hand")) return null;
  const label = `Resume the remaining ${counts.waiting}`;
  return (
    <>
      <Button
        variant="primary"
        disabledReason={denied ?? (counts.waiting === 0 ? "No cutover is waiting." : undefined)}
        onClick={() => {
          resume.reset();
          setAsking(true);
        }}
      >
        {label}
      </Button>
      <ConfirmConsequences
        open={isAsking}
        onOpenChange={setAsking}
        title={`${label}?`}
        confirmLabel={label}
        pending={resume.isPending}
        problem={resume.problem}
        onConfirm={() => resume.run({ params: { batchId: batch.id }, body: {}, generation })}
        consequences={{
          changes: [
            `${cutovers(counts.waiting)} that ${counts.waiting === 1 ? "waits" : "wait"} will start, ${batch.atOnce} at a time, in your name.`,
            ...(counts.failed > 0
              ? [
                  `The ${counts.failed} that failed ${counts.failed === 1 ? "stays" : "stay"} as ${counts.failed === 1 ? "it is" : "they are"}, and no longer count towards the failure limit.`,
                ]
              : []),
            underWay(batch),
          ],
          tenantCount: counts.waiting,
          load: "One load on each node for each of them",
          undo: "Pause or stop the batch; roll back each cutover on its page",
        }}
      />
    </>
  );
}

/** For good: what waits is skipped. */
export function StopBatch({ batch }: Props) {
  const [isAsking, setAsking] = useState(false);
  const denied = useDenied("cutover.rollback");
  const stop = useApiMutation("POST /cutover-batches/{batchId}/stop", { onDone: () => setAsking(false) });
  const { state, stoppedBy, counts, generation } = batch;
  if (state === "completed" || stoppedBy === "hand") return null;
  return (
    <>
      <Button
        disabledReason={denied}
        onClick={() => {
          stop.reset();
          setAsking(true);
        }}
      >
        Stop batch
      </Button>
      <ConfirmConsequences
        open={isAsking}
        onOpenChange={setAsking}
        title="Stop this batch permanently?"
        confirmLabel="Stop batch"
        tone="danger"
        pending={stop.isPending}
        problem={stop.problem}
        onConfirm={() => stop.run({ params: { batchId: batch.id }, body: {}, generation })}
        consequences={{
          changes: [`${cutovers(counts.waiting)} not yet started will be skipped.`, underWay(batch)],
          tenantCount: 0,
          load: null,
          undo: "Start a new batch with the skipped versions",
        }}
      />
    </>
  );
}
