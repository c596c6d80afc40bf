import type { Recording, RecordingState, UnusableReason } from "#lib/evals/browser/recording-schema.ts";

export type Audience = "customer" | "staff";

/** The word of its status. */
export function statusOf({ recording, liveVersionId }: RecordingState) {
  if (recording === null) return "never";
  if (recording.endedAt !== null) return "ended";
  return liveVersionId === null ? "nothing_live" : "recording";
}

/** Follows a number of requests. */
const UNUSABLE: Record<UnusableReason, string> = {
  no_tools: "offered no tool",
  forced_tool: "forced a specific tool",
  no_text: "contained more than text, such as a picture",
  no_answer: "got no complete answer",
  unsound: "had an answer that does not match its tools, or no longer does after redaction",
};

/** Why requests could not be used, the most frequent first. */
export const unusableOf = ({ unusable }: Recording): { reason: UnusableReason; count: number; words: string }[] =>
  (Object.keys(UNUSABLE) as UnusableReason[])
    .map((reason) => ({ reason, count: unusable[reason] ?? 0, words: UNUSABLE[reason] }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);

/** Why a recording ended; null while it goes on. */
export function endOf({ endReason, endedBy }: Recording, audience: Audience): string | null {
  switch (endReason) {
    case null:
      return null;
    case "stopped":
      return `${endedBy} stopped it. Recorded requests are kept until they expire.`;
    case "withdrawn":
      return `${endedBy} ended it and deleted all recorded requests.`;
    case "full":
      return audience === "customer" ? "The limit you allowed was reached." : "The allowed limit was reached.";
    case "over":
      return "The recording period ended.";
    case "off_boarded":
      return audience === "customer" ? "You are leaving." : "The tenant is leaving.";
  }
}

/** "1 request", "12 requests". @param count as it is written for its reader */
export const requests = (number: number, count = String(number)): string =>
  `${count} ${number === 1 ? "request" : "requests"}`;

/** What people know a request by: what its user said last. */
export const promptOf = (recorded: { messages: readonly { role: string; content: string | null }[] }): string =>
  recorded.messages.findLast(({ role }) => role === "user")?.content ?? "–";
