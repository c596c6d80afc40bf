import { cutMinute } from "#lib/requests/usage/cut-minute.ts";
import { quantileOf, readStored } from "#lib/requests/usage/durations.ts";
import type { UsageSum } from "#lib/requests/usage/usage-sums-store.ts";
import type { RecentTraffic } from "./service-health.ts";

const RECENT_MS = 5 * 60_000;
const TROUBLE: readonly UsageSum["lastOutcome"][] = ["failed", "shed", "fallback"];

/**
 * The last minutes of one route: figures of the last five, trouble of the last hour. When trouble began is known to the minute.
 * @param minutes of the route's last hour, with what became of the newest request of each
 */
export function recentTraffic(minutes: readonly UsageSum[], now: Date): RecentTraffic {
  const sorted = [...minutes].sort((a, b) => a.at.getTime() - b.at.getTime());
  const from = new Date(now.getTime() - RECENT_MS);
  const recent = sorted.filter(({ lastAt }) => lastAt >= from).map((minute) => cutMinute(minute, from));
  // what is there at all counts as one, beside which a share of it stays one
  const sum = (of: (minute: UsageSum) => number) =>
    Math.ceil(recent.reduce((total, minute) => total + of(minute), 0) - 1e-9);
  const newest = recent.at(-1);
  return {
    requests: sum(({ requests }) => requests),
    answered: sum(({ answered }) => answered),
    failed: sum(({ failed }) => failed),
    shed: sum(({ turnedAway }) => turnedAway),
    fellBack: sum(({ fallbacks }) => fallbacks),
    p95Ms: quantileOf(readStored(recent.map(({ stored }) => stored.latency ?? "").join("")), 0.95),
    last: newest?.lastOutcome ? { at: newest.lastAt, outcome: newest.lastOutcome } : null,
    ...troubleOf(sorted),
  };
}

function troubleOf(sorted: readonly UsageSum[]): Pick<RecentTraffic, "troubleSince" | "lastTroubleAt"> {
  const troubled = sorted.filter(({ failed, turnedAway, fallbacks }) => failed + turnedAway + fallbacks > 0);
  const last = troubled.at(-1);
  if (last === undefined) return { troubleSince: null, lastTroubleAt: null };
  const isLast = TROUBLE.includes(last.lastOutcome);
  const good = sorted.findLast(({ answered, fallbacks }) => answered > fallbacks);
  // a minute with both ended with what became of its newest request
  const since = troubled.find(
    ({ at, lastOutcome }) => !good || at > good.at || (at >= good.at && lastOutcome !== "own"),
  );
  return { troubleSince: since?.at ?? null, lastTroubleAt: isLast ? last.lastAt : last.at };
}
