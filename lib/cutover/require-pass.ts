import type { LatestVerdict } from "#lib/evals/verdict/verdict-store.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { roleCan } from "#lib/identity/policy.ts";
import { conflict, forbidden } from "#lib/platform/errors.ts";

type Asked = {
  /** Of the version. */
  number: number;
  /** The version's latest; null = its gate has not run. */
  verdict: LatestVerdict | null;
  overrideReason: string | undefined;
  /** The input that names the version. */
  field: string;
};

/**
 * The one rule by which customers' requests may reach a version that is not live: a passed gate of exactly this version,
 * or an override, which the caller writes into the audit trail.
 * @returns the reason for an override; null when the gate was passed and none is needed
 * @throws AppError `conflict` (`gate_not_passed`), or `forbidden` where the caller may not set a gate aside
 */
export function requirePass(ctx: Ctx, { number, verdict, overrideReason, field }: Asked): string | null {
  if (verdict?.outcome === "pass") return null;
  if (overrideReason === undefined) {
    const [message, fix] = whyNot(number, verdict);
    throw conflict("gate_not_passed", message, fix, field);
  }
  if (!roleCan(ctx.actor, "cutover.override", ctx.scope))
    throw forbidden("You may not set a gate aside (cutover.override).", "Ask a platform admin.");
  return overrideReason;
}

/** What is wrong, and what to do. */
function whyNot(number: number, verdict: LatestVerdict | null): [message: string, fix: string] {
  switch (verdict?.outcome) {
    case undefined:
      return [`Version ${number} has not been evaluated.`, "Run its gate, and cut over once it has passed."];
    case "inconclusive":
      return [
        `The gate of version ${number} is inconclusive (${verdict.runId}).`,
        "See why in that run, mend it and run the gate again.",
      ];
    case "fail":
      return [
        `Version ${number} failed its gate (${verdict.runId}).`,
        "See what regressed in that run, correct the adapter and add a new version.",
      ];
    case "pass":
      throw new Error("a pass needs no explanation");
  }
}
