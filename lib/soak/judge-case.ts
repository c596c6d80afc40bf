import type { ExpectedReply, HostileCase } from "./hostile-cases.ts";
import type { RawOutcome, RawReply } from "./raw-exchange.ts";

/**
 * What of an outcome is not as its case demands, in words; null = all of it is.
 * @param mayReset packets were still on their way when the gateway had answered and gone: its words may be lost
 */
export function judgeCase(one: HostileCase, outcome: RawOutcome, mayReset: boolean): string | null {
  if (mayReset && outcome.isReset && outcome.replies.length === 0 && one.connection === "closed") return null;
  const came = outcome.replies.map(shown).join(", ") || "nothing";
  const due = one.replies.map(({ status, code }) => `${status}${code ? ` ${code}` : ""}`).join(", ") || "nothing";
  const isDue = [one.replies, ...(one.or ?? [])].some((due) => areThese(outcome.replies, due));
  if (!isDue) return `${one.name}: ${came} came, and ${due} was due`;
  if (outcome.rest !== "") return `${one.name}: half a reply came: ${JSON.stringify(outcome.rest.slice(0, 80))}`;
  if (outcome.isClosed !== (one.connection === "closed"))
    return `${one.name}: the connection was ${outcome.isClosed ? "closed" : "kept"}`;
  return null;
}

const areThese = (replies: readonly RawReply[], due: readonly ExpectedReply[]): boolean =>
  replies.length === due.length &&
  due.every(({ status, code }, index) => {
    const reply = replies[index];
    return reply?.status === status && (code === undefined || codeOf(reply) === code);
  });

const shown = (reply: RawReply): string => `${reply.status}${reply.status < 400 ? "" : ` ${codeOf(reply)}`}`;

function codeOf({ body }: RawReply): unknown {
  try {
    return JSON.parse(body).error.code;
  } catch {
    return undefined;
  }
}
