"use client";

import { useState } from "react";
import type { Cutover } from "#lib/cutover/schema.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmConsequences, type Consequences } from "../ui/confirm-consequences.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Checkbox } from "../ui/toggle.tsx";
import { useApiMutation } from "../ui/use-api.ts";
import { undoOfStep } from "./way-back.ts";

type Props = { cutover: Cutover };

/** What the present step's end leads to. */
function nextOf({ phase, stepIndex, plan, track, toNumber }: Cutover): string {
  const weight = phase === "shadow" ? plan?.weights[0] : plan?.weights[stepIndex + 1];
  if (phase === "soaking") return "The cutover is completed: its guard ends. A rollback stays one step away.";
  return weight === undefined || track?.kind !== "stepwise"
    ? `All new requests go to v${toNumber}; its guard goes on for the soak.`
    : `${weight} % of the conversations go to v${toNumber}.`;
}

/** Ends the present step by hand; without the samples it asks for only when that is said. */
export function Promote({ cutover }: Props) {
  const [isAsking, setAsking] = useState(false);
  const [withoutSamples, setWithoutSamples] = useState(false);
  const denied = useDenied("cutover.start");
  const promote = useApiMutation("POST /cutovers/{cutoverId}/promote", {
    alsoRefresh: ["adapters", "versions"],
    onDone: () => setAsking(false),
  });
  if (!cutover.canPromote) return null;
  const { generation, phase } = cutover;
  const consequences: Consequences = {
    changes: [nextOf(cutover), "The step ends before its time."],
    tenantCount: 1,
    load: null,
    undo: undoOfStep(cutover),
  };
  return (
    <>
      <Button
        variant="primary"
        disabledReason={denied ?? (cutover.paused ? "It is paused: resume it first." : undefined)}
        onClick={() => {
          promote.reset();
          setWithoutSamples(false);
          setAsking(true);
        }}
      >
        Promote
      </Button>
      <ConfirmConsequences
        open={isAsking}
        onOpenChange={setAsking}
        title={`End this step of ${cutover.adapterSlug} now?`}
        confirmLabel="Promote"
        pending={promote.isPending}
        problem={promote.problem}
        onConfirm={() => promote.run({ params: { cutoverId: cutover.id }, body: { withoutSamples }, generation })}
        consequences={consequences}
      >
        {phase !== "soaking" && (
          <Checkbox
            label="Go on without samples"
            hint="Nothing shows then that it answers as well as what is live."
            checked={withoutSamples}
            onChange={(event) => setWithoutSamples(event.target.checked)}
          />
        )}
      </ConfirmConsequences>
    </>
  );
}

/** Keeps it at its step, or lets it go on; nothing customers would notice. */
export function PauseOrResume({ cutover }: Props) {
  const mayPause = useDenied("cutover.rollback");
  const mayResume = useDenied("cutover.start");
  const pause = useApiMutation("POST /cutovers/{cutoverId}/pause");
  const resume = useApiMutation("POST /cutovers/{cutoverId}/resume");
  const change = cutover.paused ? resume : pause;
  if (cutover.finishedAt !== null) return null;
  const input = { params: { cutoverId: cutover.id }, body: {}, generation: cutover.generation };
  return (
    <>
      <Button
        disabledReason={cutover.paused ? mayResume : mayPause}
        pending={change.isPending}
        onClick={() => change.run(input)}
      >
        {cutover.paused ? "Resume" : "Pause"}
      </Button>
      {change.problem && <ErrorState problem={change.problem} size="inline" />}
    </>
  );
}

export function Abort({ cutover }: Props) {
  const [isAsking, setAsking] = useState(false);
  const denied = useDenied("cutover.rollback");
  const abort = useApiMutation("POST /cutovers/{cutoverId}/abort", { onDone: () => setAsking(false) });
  if (!cutover.canAbort) return null;
  const live = cutover.fromNumber === null ? (cutover.fromOrigin ? "Its origin" : "Nothing") : `v${cutover.fromNumber}`;
  return (
    <>
      <Button disabledReason={denied} onClick={() => setAsking(true)}>
        Abort cutover
      </Button>
      <ConfirmConsequences
        open={isAsking}
        onOpenChange={setAsking}
        title={`Abort the cutover of ${cutover.adapterSlug} to v${cutover.toNumber}?`}
        confirmLabel="Abort cutover"
        tone="danger"
        pending={abort.isPending}
        problem={abort.problem}
        onConfirm={() => abort.run({ params: { cutoverId: cutover.id }, body: {} })}
        consequences={{
          changes: [
            `${live} answers as before: no customer's request has gone to v${cutover.toNumber}.`,
            ...(cutover.phase === "shadow" ? ["No more copies of requests are made."] : []),
          ],
          tenantCount: 0,
          load: null,
          undo: "Start the cutover again",
        }}
      />
    </>
  );
}
