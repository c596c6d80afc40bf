import type { ChosenVersion } from "#lib/fleet/bulk/bulk-store.ts";
import { act, type Judgement, skip, whyNotLoadable } from "#lib/fleet/bulk/judge-version.ts";
import { samplesNeeded } from "../verdict/plan-samples.ts";

/** What decides whether a version can be evaluated now. */
export type GateSite = {
  suite: { name: string; caseCount: number } | null;
  isActive: boolean;
  /** Who it would be measured against: the live version, or itself alone on a standalone node. */
  baseline: { kind: "live"; number: number } | { kind: "standalone"; nodeName: string } | null;
  servingNodes: number;
};

/** What starting its gate would do with a version: the same decisions as `startRun`, for all at once. */
export function judgeGate(version: ChosenVersion, site: GateSite): Judgement {
  const { tenantName, tenantStatus } = version;
  const obstacle = whyNotLoadable(version, site.servingNodes);
  if (obstacle) return obstacle;
  if (tenantStatus !== "active")
    return skip(`${tenantName} is suspended; the gateway refuses its requests.`, "Activate it first.");
  if (site.suite === null)
    return skip(`${tenantName} has no suite of prompts yet.`, "Generate one on its page of evals.");
  if (site.isActive) return skip("It is being evaluated already.");
  if (site.baseline === null)
    return skip(
      "There is nothing to compare it with: no other version is live, and the pool has no standalone node.",
      "Add a node to the pool with standalone: true.",
    );
  const against =
    site.baseline.kind === "live"
      ? `version ${site.baseline.number}, which is live`
      : `itself alone on ${site.baseline.nodeName}`;
  const { caseCount, name } = site.suite;
  return act(`Compares it with ${against}: ${caseCount} prompts of ${name}, ${samplesNeeded(caseCount)} calls.`);
}
