"use client";

import { useState } from "react";
import type { Run } from "#lib/evals/schema.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { versionTitle } from "../ui/object-title.ts";
import { useDenied } from "../ui/reader.tsx";
import { useApiMutation } from "../ui/use-api.ts";

export const isOpen = (run: Run | undefined): boolean => run?.state === "queued" || run?.state === "running";

/** Pause or resume, and cancel, of a run that has not ended. */
export function RunActions({ run }: { run: Run }) {
  const denied = useDenied("eval.run");
  const params = { runId: run.id };
  const pause = useApiMutation("POST /runs/{runId}/pause");
  const resume = useApiMutation("POST /runs/{runId}/resume");
  const isPaused = run.pausedAt !== null;
  const toggle = isPaused ? resume : pause;
  const problem = toggle.problem;
  return (
    <>
      <Button disabledReason={denied} pending={toggle.isPending} onClick={() => toggle.run({ params })}>
        {isPaused ? "Resume run" : "Pause run"}
      </Button>
      <CancelRun run={run} denied={denied} />
      {problem && <ErrorState problem={problem} size="inline" />}
    </>
  );
}

/** Cancelling is final: a run of minutes is asked about once more. */
function CancelRun({ run, denied }: { run: Run; denied: string | undefined }) {
  const [isAsked, setIsAsked] = useState(false);
  const cancel = useApiMutation("POST /runs/{runId}/cancel", { onDone: () => setIsAsked(false) });
  return (
    <>
      <Button disabledReason={denied} pending={cancel.isPending} onClick={() => setIsAsked(true)}>
        Cancel run
      </Button>
      <ConfirmDialog
        open={isAsked}
        onOpenChange={setIsAsked}
        title={`Cancel the gate of ${versionTitle({ ...run, number: run.candidateNumber })}?`}
        confirmLabel="Cancel run"
        tone="danger"
        onConfirm={() => cancel.run({ params: { runId: run.id } })}
        pending={cancel.isPending}
        problem={cancel.problem}
      >
        The {run.samplesDone} replies so far are kept, without a verdict. To continue later, pause the run instead.
      </ConfirmDialog>
    </>
  );
}
