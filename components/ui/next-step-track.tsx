import type { NextStep } from "#lib/journey/schema.ts";
import { Steps } from "./steps.tsx";

/** The six-step track of one tenant: Files · Checks · Loaded · Gate · Cutover · Live. */
export function NextStepTrack({ next, size = "compact" }: { next: NextStep; size?: "compact" | "full" }) {
  return <Steps step={next.step} state={next.state} whoseMove={next.whoseMove} size={size} />;
}
