import type { Tx } from "#lib/platform/db.ts";
import { countOf, quantileOf, readStored } from "#lib/requests/usage/durations.ts";
import { commonestReason, readReasons } from "#lib/requests/usage/reasons.ts";
import { readUsageSums, type UsageSum } from "#lib/requests/usage/usage-sums-store.ts";
import { minuteOf } from "#lib/requests/usage/usage-windows.ts";
import { poolsOfAdapters } from "./count-store.ts";
import { listAccepted } from "./objective-store.ts";
import { sumsByObjective } from "./requests-of-objectives.ts";

/** Requests of the last minutes that an accepted objective is about, and what became of them. */
export type RecentRequests = {
  /** Answered; of an objective about first tokens, the streams among them. */
  answered: number;
  /** Of them, at most 5 % off; null without any. */
  p95Ms: number | null;
  /** The gateway's commonest code among those that failed or were shed; null = none was. */
  failure: string | null;
  simulated: boolean;
};

/** By objective; without an entry nothing was asked. */
export async function recentOf(tx: Tx, window: { from: Date; to: Date }): Promise<Map<string, RecentRequests>> {
  const objectives = await listAccepted(tx);
  if (objectives.length === 0) return new Map();
  const poolOf = await poolsOfAdapters(tx, objectives);
  const sums = await readUsageSums(tx, {
    ...{ from: minuteOf(window.from), to: new Date(window.to.getTime() + 1), stepSeconds: null },
    ...{ by: ["tenant", "adapter"], with: ["latency", "ttft", "failureReasons"] },
  });
  const sumsOf = sumsByObjective(sums, poolOf);
  return new Map(
    objectives.flatMap((objective): [string, RecentRequests][] => {
      const own = sumsOf(objective);
      const text = (of: keyof UsageSum["stored"]) => own.map(({ stored }) => stored[of] ?? "").join("");
      const durations = readStored(text(objective.kind === "ttft_p95" ? "ttft" : "latency"));
      const failure = commonestReason(readReasons(text("failureReasons")));
      const answered = countOf(durations);
      if (answered === 0 && failure === null) return [];
      const simulated = own.some((sum) => sum.simulated);
      return [[objective.id, { answered, p95Ms: quantileOf(durations, 0.95), failure, simulated }]];
    }),
  );
}
