"use client";

import { useState } from "react";
import type { Cutover } from "#lib/cutover/schema.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmConsequences } from "../ui/confirm-consequences.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { adapterTitle, versionTitle } from "../ui/object-title.ts";
import { useDenied } from "../ui/reader.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";
import { promoteRefusal } from "./promote-refusal.ts";
import { undoOfStep } from "./way-back.ts";

type Props = { cutover: Cutover };

/** What the present step's end leads to. */
function nextOf({ phase, stepIndex, plan, track, toNumber }: Cutover): string {
  const weight = phase === "shadow" ? plan?.weights[0] : plan?.weights[stepIndex + 1];
  if (phase === "soaking") return "The cutover completes and its guard ends. You can still roll back in one step.";
  return weight === undefined || track?.kind !== "stepwise"
    ? `All new requests go to v${toNumber}; the guard keeps watching during the soak.`
    : `${weight} % of the conversations go to v${toNumber}.`;
}

/** Ends the present step manually; without the samples it asks for only through a button of its own. */
export function Promote({ cutover }: Props) {
  const [asking, setAsking] = useState<"no" | "promote" | "without_samples">("no");
  const denied = useDenied("cutover.start");
  const promote = useApiMutation("POST /cutovers/{cutoverId}/promote", {
    alsoRefresh: ["adapters", "versions"],
    onDone: () => setAsking("no"),
  });
  const guard = useApi(
    "GET /cutovers/{cutoverId}/guard",
    { params: { cutoverId: cutover.id } },
    { enabled: cutover.canPromote, refreshMs: GUARD_REFRESH_MS },
  ).data;
  if (!cutover.canPromote) return null;
  const refusal = promoteRefusal(cutover, guard);
  const withoutSamples = asking === "without_samples";
  const open = (how: "promote" | "without_samples") => {
    promote.reset();
    setAsking(how);
  };
  return (
    <>
      {refusal?.isForSamples && (
        <Button disabledReason={denied} onClick={() => open("without_samples")}>
          Promote without samples…
        </Button>
      )}
      <Button variant="primary" disabledReason={denied ?? refusal?.reason} onClick={() => open("promote")}>
        Promote
      </Button>
      <ConfirmConsequences
        open={asking !== "no"}
        onOpenChange={(isOpen) => !isOpen && setAsking("no")}
        title={`End this step of ${versionTitle({ ...cutover, number: cutover.toNumber })}?`}
        confirmLabel={withoutSamples ? "Promote without samples" : "Promote"}
        pending={promote.isPending}
        problem={promote.problem}
        onConfirm={() =>
          promote.run({
            params: { cutoverId: cutover.id },
            body: { withoutSamples },
            generation: cutover.generation,
          })
        }
        consequences={{
          changes: [
            nextOf(cutover),
            "The step ends early.",
            ...(withoutSamples ? ["There is no evidence yet that it answers as well as the live version."] : []),
          ],
          tenantCount: 1,
          load: null,
          undo: undoOfStep(cutover),
        }}
      />
    </>
  );
}

/** As the guard's card, which reads the same. */
const GUARD_REFRESH_MS = 3_000;

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
        title={`Abort the cutover of ${adapterTitle(cutover)} to v${cutover.toNumber}?`}
        confirmLabel="Abort cutover"
        tone="danger"
        pending={abort.isPending}
        problem={abort.problem}
        onConfirm={() => abort.run({ params: { cutoverId: cutover.id }, body: {} })}
        consequences={{
          changes: [
            `${live} keeps answering: no customer request has reached v${cutover.toNumber}.`,
            ...(cutover.phase === "shadow" ? ["Requests are no longer copied."] : []),
          ],
          tenantCount: 0,
          load: null,
          undo: "Start the cutover again",
        }}
      />
    </>
  );
}
