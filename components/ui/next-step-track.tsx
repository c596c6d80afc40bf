import type { NextStep } from "#lib/journey/schema.ts";
import { statusWord } from "./status-words.ts";
import { Steps } from "./steps.tsx";

/** The six-step track of one tenant: Files · Checks · Loaded · Gate · Cutover · Live. */
export function NextStepTrack({ next, size = "compact" }: { next: NextStep; size?: "compact" | "full" }) {
  const note = next.state === "rolled_back" ? statusWord({ of: "version", is: "rolled_back" }).word : undefined;
  return <Steps step={next.step} state={next.state} whoseMove={next.whoseMove} note={note} size={size} />;
}
