import { type AlertRule, RULES } from "../browser/rule-table.ts";

export type SentenceFacts = {
  rule: AlertRule;
  subjectName: string;
  /** What is wrong, to follow the name. */
  what: string;
  startedAt: Date;
  /** Affected; where requests are not counted, those that it concerns. */
  tenants: number;
  requests: number | null;
  /** Alerts that came from this one. */
  related: number;
  isUnknown: boolean;
  now: Date;
};

const DAY_MS = 86_400_000;
const counted = (count: number, one: string): string => `${count.toString()} ${one}${count === 1 ? "" : "s"}`;

/** The whole alert in plain sentences: what and since when, how many tenants and requests, and the next step. */
export function alertSentence(facts: SentenceFacts): string {
  const { rule, subjectName, what, startedAt, related, isUnknown, now } = facts;
  const more = related === 0 ? "" : ` ${counted(related, "related alert")}.`;
  const blind = isUnknown ? " Its current state is unknown." : "";
  // what is to come has begun nowhere
  const since = rule === "key_expiring" ? "" : ` since ${momentText(startedAt, now)}`;
  return `${subjectName} ${what}${since}. ${hitText(facts)}.${more}${blind} Next step: ${RULES[rule].first}.`;
}

/** The sentence and where to go on. */
export const alertMessage = (sentence: string, link: string): string => `${sentence} ${link}`;

/** "14:05 UTC"; with its day once that is not plain. */
export function momentText(at: Date, now: Date): string {
  const [date = "", time = ""] = at.toISOString().split("T");
  const clock = `${time.slice(0, 5)} UTC`;
  return now.getTime() - at.getTime() < DAY_MS ? clock : `${date} ${clock}`;
}

function hitText({ rule, tenants, requests }: SentenceFacts): string {
  if (rule === "key_expiring") return "Requests with it are refused from then on";
  if (requests === null) return tenants === 0 ? "No tenant involved" : `${counted(tenants, "tenant")} involved`;
  if (requests === 0) return "No requests affected so far";
  return `${counted(tenants, "tenant")} affected: ${counted(requests, "request")} late, failed or on fallback`;
}
