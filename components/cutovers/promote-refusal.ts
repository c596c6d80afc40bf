import type { Guard } from "#lib/cutover/browser/guard-schema.ts";
import type { Cutover } from "#lib/cutover/schema.ts";

type Refusal = {
  reason: string;
  /** Somebody may go on without the samples, knowingly. */
  isForSamples: boolean;
};

/** Why the present step cannot be ended now, as the server would say; null = it can. @param guard undefined = not read yet */
export function promoteRefusal(
  { paused, awaitingApproval, phase }: Pick<Cutover, "paused" | "awaitingApproval" | "phase">,
  guard: Pick<Guard, "samples" | "needed"> | undefined,
): Refusal | null {
  const refuse = (reason: string, isForSamples = false) => ({ reason, isForSamples });
  if (paused) return refuse("It is paused: resume it first.");
  if (awaitingApproval) return refuse("It is waiting for approval.");
  if (phase === "soaking") return null;
  if (guard === undefined) return refuse("Counting its requests.");
  const { samples, needed } = guard;
  if (needed === null) return null;
  if (samples.value === null) return refuse("No gateway has reported recently, so no requests are counted.", true);
  if (samples.value >= needed) return null;
  return refuse(`Too few samples: ${samples.value} of ${needed} requests in this step.`, true);
}
