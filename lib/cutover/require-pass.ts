import { type Gate, readGate } from "#lib/evals/verdict/read-gate.ts";
import { actorLabel } from "#lib/identity/actor.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { otherAdmins } from "#lib/identity/other-admins.ts";
import { roleCan } from "#lib/identity/policy.ts";
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
  /** Set aside by whoever had started the run. */
  selfApproved: boolean;
};

/**
 * The one rule by which customers' requests may reach a version that is not live: a passed gate of exactly this version that
 * has not expired, or an override, which the caller writes into the audit trail. Whoever started a run does not set its
 * verdict aside as long as there is another platform admin; who is alone types the tenant's slug, and it is marked.
 * @throws AppError `conflict` (`gate_not_passed`, `gate_expired`, `override_by_starter`), `invalid` naming confirmTenant, or
 * `forbidden` where the caller may not set a gate aside
 */
export async function requirePass(ctx: Ctx, asked: Asked): Promise<Passed> {
  const { version, overrideReason, field } = asked;
  const gate = await readGate(ctx, version.id);
  const doubt = findDoubt(`Version ${version.number}`, gate);
  if (doubt === null) return { gate, overrideReason: null, selfApproved: false };
  if (overrideReason === undefined) throw conflict(doubt.code, doubt.message, doubt.fix, field);
  if (!roleCan(ctx.actor, "cutover.override", ctx.scope))
    throw forbidden("You may not set a gate aside (cutover.override).", "Ask a platform admin.");
  const selfApproved = gate.requestedBy === actorLabel(ctx.actor);
  if (selfApproved) await requireAlone(ctx, asked);
  return { gate, overrideReason, selfApproved };
}

async function requireAlone(ctx: Ctx, { version, confirmTenant }: Asked): Promise<void> {
  const others = await otherAdmins(ctx);
  if (others.length > 0)
    throw conflict(
      "override_by_starter",
      "You started the evaluation that you want to set aside.",
      `Ask another platform admin: ${others.slice(0, 3).join(", ")}.`,
      "overrideReason",
    );
  if (confirmTenant !== version.tenantSlug)
    throw invalidField(
      "confirmTenant",
      "not_confirmed",
      "You are the only platform admin, and started the evaluation that you want to set aside.",
      `Type the tenant's slug, ${version.tenantSlug}. The cutover is marked as self-approved.`,
    );
}

type Doubt = { code: "gate_not_passed" | "gate_expired"; message: string; fix: string };

/** Why a gate lets nobody through, and what to do; null = it was passed, and stands. @param name such as "Version 3" */
export function findDoubt(name: string, { verdict, expired }: Gate): Doubt | null {
  switch (verdict?.outcome) {
    case undefined:
      return notPassed(`${name} has not been evaluated.`, "Run its gate, and cut over once it has passed.");
    case "inconclusive":
      return notPassed(
        `The gate of ${name} is inconclusive (${verdict.runId}).`,
        "See why in that run, mend it and run the gate again.",
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

const notPassed = (message: string, fix: string): Doubt => ({ code: "gate_not_passed", message, fix });
