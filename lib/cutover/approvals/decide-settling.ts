import type { ApprovalState } from "../browser/approval-schema.ts";
import type { Silence } from "../browser/policy-schema.ts";

export type SettlingFacts = {
  state: ApprovalState;
  expiresAt: Date;
  /** How long there was to answer, such as "72 h". */
  given: string;
  onSilence: Silence;
  decidedBy: string | null;
  comment: string | null;
  /** Whether its cutover still goes on, and if not, why. */
  cutover: { isOpen: true } | { isOpen: false; why: string };
  /** Why its version should not go live any more: the gate does not stand, it was withdrawn. null = nothing is against it */
  refusal: string | null;
  /** A later version that has passed its gate since it was asked. */
  newer: number | null;
  /** Its gate was passed, not set aside. */
  isProven: boolean;
};

export type Settling =
  | { kind: "wait" }
  /** Nothing is left to do. */
  | { kind: "done" }
  /** The cutover is let go on. */
  | { kind: "release"; reason: string; expired: string | null }
  /** The cutover ends; `end` is what becomes of an approval that nobody has answered. */
  | { kind: "stop"; reason: string; end: "expired" | "withdrawn" | null }
  /** The cutover has ended already. */
  | { kind: "withdraw"; reason: string };

/** Whether a step that needed it may be taken. */
export const isFulfilled = ({ state, onSilence }: { state: ApprovalState; onSilence: Silence }): boolean =>
  state === "approved" || (state === "expired" && onSilence === "goes_on");

/** Begins what a history says of somebody who agreed; their comment follows. */
export const approvedBy = (name: string): string => `Approved by ${name}`;

/** What comes of an approval now: of its answer, of its time, and of what has happened to its version meanwhile. */
export function decideSettling(facts: SettlingFacts, now: Date): Settling {
  const { state, cutover, decidedBy, comment } = facts;
  const who = `${decidedBy ?? "nobody"}${comment === null ? "." : `: ${comment}`}`;
  switch (state) {
    case "approved":
      return cutover.isOpen ? { kind: "release", reason: approvedBy(who), expired: null } : { kind: "done" };
    case "declined":
      return cutover.isOpen ? { kind: "stop", reason: `Declined by ${who}`, end: null } : { kind: "done" };
    case "expired":
    case "withdrawn":
      return { kind: "done" };
    case "pending":
      return decidePending(facts, now);
  }
}

function decidePending(facts: SettlingFacts, now: Date): Settling {
  const { cutover, refusal, newer, expiresAt, given, onSilence, isProven } = facts;
  if (!cutover.isOpen) return { kind: "withdraw", reason: cutover.why };
  if (refusal !== null) return { kind: "stop", reason: refusal, end: "withdrawn" };
  if (newer !== null)
    return {
      kind: "stop",
      reason: `Version ${newer} has passed its gate since then, so this one needs no approval.`,
      end: "withdrawn",
    };
  if (now < expiresAt) return { kind: "wait" };
  const silence = `No reply within ${given}.`;
  // what was set aside has proven nothing: no silence makes up for that
  return onSilence === "goes_on" && isProven
    ? { kind: "release", reason: `${silence} It continues, as the release policy says.`, expired: silence }
    : { kind: "stop", reason: `${silence} Nothing goes live without an answer.`, end: "expired" };
}
