"use client";

import { useEffect } from "react";
import type { CallInput } from "#lib/api/client.ts";
import type { GatePreview } from "#lib/evals/browser/bulk-schema.ts";
import type { StagePreview } from "#lib/fleet/browser/bulk-schema.ts";
import type { Job } from "#lib/jobs/schema.ts";
import { useApiMutation } from "../ui/use-api.ts";

export type BulkKind = "stage" | "gate";
export type BulkChoice = CallInput<"POST /bulk/stage">["body"];

/** The preview of one of the two, made anew each time it is opened, and its start. */
export function useBulk(kind: BulkKind, choice: BulkChoice, isOpen: boolean, onStarted: (job: Job) => void) {
  const previews = {
    stage: useApiMutation("POST /bulk/stage/preview", { onDone: () => {} }),
    gate: useApiMutation("POST /bulk/gate/preview", { onDone: () => {} }),
  };
  const starts = {
    stage: useApiMutation("POST /bulk/stage", { alsoRefresh: ["jobs", "versions", "adapters"], onDone: onStarted }),
    gate: useApiMutation("POST /bulk/gate", { alsoRefresh: ["jobs", "runs", "versions"], onDone: onStarted }),
  };
  const body = JSON.stringify(choice);
  const { run, reset } = previews[kind];
  const resetStart = starts[kind].reset;
  useEffect(() => {
    if (!isOpen) return;
    reset();
    resetStart();
    run({ body: JSON.parse(body) as BulkChoice });
  }, [isOpen, body, run, reset, resetStart]);
  const data: StagePreview | GatePreview | undefined = previews[kind].data;
  return {
    preview: data,
    problem: previews[kind].problem,
    isLoading: previews[kind].isPending,
    retry: () => run({ body: choice }),
    start: () => starts[kind].run({ body: choice }),
    isStarting: starts[kind].isPending,
    startProblem: starts[kind].problem,
  };
}
