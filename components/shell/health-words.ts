import type { StateRole } from "#components/ui/status-words.ts";
import type { Problem } from "#lib/http/schema.ts";

/** What the API answers about Switchyard itself. */
type Health = { ok: boolean; sentence: string; troubles: readonly string[] };

export type Shown = { state: StateRole; sentence: string; detail: string };

/** The code of a problem that the API did not send: nothing, or something in between, answered. */
const NO_ANSWER = "no_answer";

/**
 * The state of Switchyard in a phrase. Who failed decides the words: the reader's session, the console (no answer of its
 * own) or the API behind it (an answer that is an error).
 */
export function healthWords(health: Health | undefined, problem: Problem | null, isSignedOut: boolean): Shown | null {
  if (isSignedOut)
    return { state: "unknown", sentence: "Signed out", detail: "Sign in again to see the current state." };
  if (problem?.code === NO_ANSWER) {
    const status = problem.status === 0 ? "" : ` (${problem.status})`;
    return { state: "unknown", sentence: `Console unreachable${status}`, detail: problem.detail };
  }
  if (problem) {
    const request = problem.requestId === "" ? "" : ` Request ${problem.requestId}.`;
    return { state: "bad", sentence: `API error ${problem.status}`, detail: `${problem.detail}${request}` };
  }
  if (health === undefined) return null;
  return {
    state: health.ok ? "ok" : "warn",
    sentence: health.sentence,
    detail: health.troubles.join("; ") || health.sentence,
  };
}
