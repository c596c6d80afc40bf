import type { AlertSeverity } from "../browser/alert-kinds.ts";
import type { AlertEvidence, AlertSubject } from "../browser/alert-schema.ts";
import { type AlertRule, RULES } from "../browser/rule-table.ts";
import type { Judged } from "./judge-threshold.ts";

/** What a rule makes of its subject now. unknown = it cannot be seen, which is never the same as well. @see Judged */
export type Observation = {
  rule: AlertRule;
  subject: AlertSubject;
  status: Judged | "unknown";
  severity: AlertSeverity;
  /** What is wrong, to follow the subject's name: "is unreachable". */
  what: string;
  /** Since when, where its source knows; null = since now. */
  since: Date | null;
  evidence: AlertEvidence;
};

export type OpenState = "pending" | "firing" | "acknowledged";
/** What is remembered of an alert between two evaluations. */
export type OpenAlert = {
  id: string;
  rule: AlertRule;
  state: OpenState;
  /** What `for` counts from. */
  startedAt: Date;
  goodSince: Date | null;
  unknownSince: Date | null;
};

export type AlertStep =
  | { kind: "begin"; state: "pending" | "firing"; startedAt: Date }
  /** A pending one turned out to be nothing. */
  | { kind: "drop" }
  | { kind: "fire" }
  | { kind: "stay"; goodSince: Date | null; unknownSince: Date | null }
  | { kind: "resolve" }
  | { kind: "none" };

/** One open alert a rule and subject: what it is deduplicated by. */
export const dedupeKey = ({ rule, subject }: Pick<Observation, "rule" | "subject">): string =>
  `${rule}:${subject.type}:${subject.id}`;

/**
 * What becomes of one alert at one evaluation. It fires once it has held for `for`, and resolves only after it was seen to be
 * well for `keep` without a break. What cannot be seen neither fires nor resolves, nor does what is near its limit.
 * @param seen null = its subject is gone
 */
export function stepAlert(open: OpenAlert | null, seen: Observation | null, now: Date): AlertStep {
  if (open === null) return seen?.status === "bad" ? begin(seen, now) : { kind: "none" };
  const { forMs, keepMs } = RULES[open.rule];
  const status = seen?.status ?? "good";
  if (open.state === "pending") {
    if (status === "good" || status === "near") return { kind: "drop" };
    if (status === "unknown") return { kind: "stay", goodSince: null, unknownSince: open.unknownSince ?? now };
    return now.getTime() - open.startedAt.getTime() >= forMs
      ? { kind: "fire" }
      : { kind: "stay", goodSince: null, unknownSince: null };
  }
  switch (status) {
    case "bad":
    case "near":
      return { kind: "stay", goodSince: null, unknownSince: null };
    case "unknown":
      return { kind: "stay", goodSince: null, unknownSince: open.unknownSince ?? now };
    case "good": {
      const goodSince = open.goodSince ?? now;
      return now.getTime() - goodSince.getTime() >= keepMs
        ? { kind: "resolve" }
        : { kind: "stay", goodSince, unknownSince: null };
    }
  }
}

function begin({ rule, since }: Observation, now: Date): AlertStep {
  const startedAt = since !== null && since < now ? since : now;
  const hasHeld = now.getTime() - startedAt.getTime() >= RULES[rule].forMs;
  return { kind: "begin", state: hasHeld ? "firing" : "pending", startedAt };
}
