import { refusalFor } from "#lib/cutover/approvals/may-decide.ts";
import type { Actor } from "#lib/identity/actor.ts";
import { type Action, roleCan } from "#lib/identity/policy.ts";
import type { Scope } from "#lib/platform/scope.ts";
import type { ActionKind, NextStep } from "./schema.ts";

/** Who reads a next step, in the console, in the portal or by API. */
export type Reader = { actor: Actor; scope: Scope };

/** What a cutover waits for. */
export type AwaitedApproval = { approvalId: string } & Parameters<typeof refusalFor>[2];

/** A next step before anybody reads it: its move belongs to a side, not to "you". */
export type Move = Omit<NextStep, "whoseMove"> & {
  owner: "platform" | "customer" | "switchyard" | "nobody";
  /** Set where the move is a decision on it. */
  approval?: AwaitedApproval;
};

/** What somebody must be allowed to do to make the move; a kind that only looks needs what mends the thing looked at. */
const NEEDS: Record<Exclude<ActionKind, "decide_approval">, Action> = {
  add_adapter: "tenant.write",
  add_version: "version.write",
  stage: "placement.write",
  see_report: "version.write",
  see_placements: "placement.write",
  run_gate: "eval.run",
  see_run: "eval.run",
  start_cutover: "cutover.start",
  see_cutover: "cutover.start",
  roll_back: "cutover.rollback",
  end_origin: "cutover.start",
  activate: "tenant.write",
  see_offboarding: "tenant.write",
};

/** Whether this reader's role may make the move. */
function mayMove({ action, approval }: Move, { actor, scope }: Reader): boolean {
  if (approval) return refusalFor(actor, scope, approval) === null;
  return action !== null && action.kind !== "decide_approval" && roleCan(actor, NEEDS[action.kind], scope);
}

/**
 * The same move as its reader sees it: "you" only where the reader's own role may make it. Customers read their own
 * sentence, and get a link only to what the portal has.
 * @param customerSentence what is said of the step to customers
 */
export function moveFor(move: Move, reader: Reader, customerSentence: string): NextStep {
  const { owner, approval, ...step } = move;
  const isYours = mayMove(move, reader);
  if (reader.scope.kind === "platform") return { ...step, whoseMove: staffMove(owner, isYours) };
  const href = approval && isYours ? `/portal/approvals/${approval.approvalId}` : null;
  return {
    ...step,
    whoseMove: customerMove(owner, isYours),
    sentence: customerSentence,
    action: href === null ? null : { kind: "decide_approval", label: "Open approval", href },
  };
}

function staffMove(owner: Move["owner"], isYours: boolean): NextStep["whoseMove"] {
  switch (owner) {
    case "platform":
      return isYours ? "you" : "admin";
    case "customer":
    case "switchyard":
    case "nobody":
      return owner;
  }
}

function customerMove(owner: Move["owner"], isYours: boolean): NextStep["whoseMove"] {
  switch (owner) {
    case "customer":
      return isYours ? "you" : "admin";
    case "platform":
    case "switchyard":
      return "provider";
    case "nobody":
      return "nobody";
  }
}
