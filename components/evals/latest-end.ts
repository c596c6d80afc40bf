import type { Baselines } from "#lib/evals/browser/baseline-schema.ts";
import { formatDuration } from "../ui/format-time.ts";

/** What is promised before a run of so many prompts: "Takes 47 min at most while no customer of the pool waits". */
export function latestEnd(speed: Baselines["speed"], prompts: number): string {
  const each = speed?.latestPerPrompt.value ?? null;
  if (each === null) return "The duration is unknown because the pool had no recent replies.";
  return `Takes ${formatDuration(each * prompts)} at most while no customer request of the pool is waiting; customer requests have priority.`;
}
