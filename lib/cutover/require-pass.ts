import { type Gate, readGate } from "#lib/evals/verdict/read-gate.ts";
import { actorLabel } from "#lib/identity/actor.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { roleCan } from "#lib/identity/policy.ts";
import { type SecondPair, secondPair } from "#lib/identity/second-pair.ts";
import { conflict, forbidden, invalidField } from "#lib/platform/errors.ts";

type Asked = {
  version: { id: string; number: number; tenantSlug: string };
  overrideReason: string | undefined;
  /** The tenant's slug, typed by somebody who sets a gate aside that they started themselves. */
  confirmTenant: string | undefined;
  /** The input that names the version. */
  field: string;
};

export type Passed = {
  gate: Gate;
  /** Null when the gate was passed and none is needed. */
  overrideReason: string | null;
  /** Set aside by the person who had started the run. */
  selfApproved: boolean;
};

/**
 * The one rule by which customers' requests may reach a version that is not live: a passed gate of exactly this version that
 * has not expired, or an override, which the caller writes into the audit trail. Whoever started a run does not set its
 * verdict aside as long as another person is platform admin (`onePerson` says who is another); who is alone types the
 * tenant's slug, and it is marked.
 * @throws AppError `conflict` (`gate_not_passed`, `gate_expired`, `override_by_starter`), `invalid` naming confirmTenant, or
 * `forbidden` where the caller may not set a gate aside
 */
export async function requirePass(ctx: Ctx, asked: Asked): Promise<Passed> {
  const { version, overrideReason, field } = asked;
  const gate = await readGate(ctx, version.id);
  const refusal = findRefusal(`Version ${version.number}`, gate);
  if (refusal === null) return { gate, overrideReason: null, selfApproved: false };
  if (overrideReason === undefined) throw conflict(refusal.code, refusal.message, refusal.fix, field);
  if (!roleCan(ctx.actor, "cutover.override", ctx.scope))
    throw forbidden("You may not set a gate aside (cutover.override).", "Ask a platform admin.");
  const pair = await secondPair(ctx, gate.requestedBy);
  const selfApproved = pair.isSamePerson || gate.requestedBy === actorLabel(ctx.actor);
  if (selfApproved) requireAlone(pair, { ...asked, startedBy: gate.requestedBy ?? "", caller: actorLabel(ctx.actor) });
  return { gate, overrideReason, selfApproved };
}

function requireAlone(
  { others, later }: SecondPair,
  { version, confirmTenant, startedBy, caller }: Asked & { startedBy: string; caller: string },
): void {
  const why =
    startedBy === caller
      ? "You started the evaluation that you want to set aside."
      : `${startedBy} started the evaluation that you want to set aside, and counts as the same person as you. ` +
        "A key counts as its creator, ADMIN_API_KEY as the first admin. For 24 hours, a new admin counts as the admin who added them.";
  if (others.length > 0)
    throw conflict(
      "override_by_starter",
      why,
      `Ask another platform admin: ${others.slice(0, 3).join(", ")}.`,
      "overrideReason",
    );
  if (confirmTenant === version.tenantSlug) return;
  const soonest = later[0];
  const alternative = soonest
    ? ` Or wait: ${soonest.email} may approve it from ${soonest.from.toISOString().slice(0, 16).replace("T", " ")} UTC.`
    : "";
  throw invalidField(
    "confirmTenant",
    "not_confirmed",
    `${why} No other person is platform admin.`,
    `Type the tenant's slug, ${version.tenantSlug}. The cutover is marked as self-approved.${alternative}`,
  );
}

type GateRefusal = { code: "gate_not_passed" | "gate_expired"; message: string; fix: string };

/** Why a gate lets nobody through, and what to do; null = it was passed, and stands. @param name such as "Version 3" */
export function findRefusal(name: string, { verdict, expired }: Gate): GateRefusal | null {
  switch (verdict?.outcome) {
    case undefined:
      return notPassed(`${name} has not been evaluated.`, "Run its gate, and cut over once it has passed.");
    case "inconclusive":
      return notPassed(
        `The gate of ${name} is inconclusive (${verdict.runId}).`,
        "Open that run to see why, fix the cause and run the gate again.",
      );
    case "fail":
      return notPassed(
        `${name} failed its gate (${verdict.runId}).`,
        "See what regressed in that run, correct the adapter and add a new version.",
      );
    case "pass":
      if (expired.length === 0) return null;
      return {
        code: "gate_expired",
        message: `The pass of ${name} has expired (${verdict.runId}): ${expired.join(" ")}`,
        fix: "Run the gate again under what is so now.",
      };
  }
}

const notPassed = (message: string, fix: string): GateRefusal => ({ code: "gate_not_passed", message, fix });
