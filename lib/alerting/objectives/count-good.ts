import { countOf, countWithin, readStored } from "#lib/requests/usage/durations.ts";
import type { UsageHistogram, UsageSum } from "#lib/requests/usage/usage-sums-store.ts";
import type { ObjectiveKind } from "../browser/objective-kinds.ts";
import type { Count } from "./judge-burn.ts";

/** Requests that an objective is about, and the good among them; see `objective-words.ts`. Times are at most 5 % off. */
export function countGood({ kind, target }: { kind: ObjectiveKind; target: number }, sum: UsageSum): Count {
  switch (kind) {
    case "availability":
      return { good: sum.answered, total: sum.answered + sum.failed + sum.turnedAway };
    case "fallback_share":
      return { good: sum.answered - sum.fallbacks, total: sum.answered };
    case "latency_p95":
      return within(sum, "latency", target);
    case "ttft_p95":
      return within(sum, "ttft", target);
  }
}

function within({ stored }: UsageSum, histogram: UsageHistogram, limitMs: number): Count {
  const durations = readStored(stored[histogram]);
  return { good: countWithin(durations, limitMs), total: countOf(durations) };
}
