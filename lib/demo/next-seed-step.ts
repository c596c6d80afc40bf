import type { DemoTenant, Story } from "./companies.ts";
import { moreNumber, versionsOf } from "./demo-adapters.ts";
import type { DeskName } from "./desks.ts";

/** What the decision needs to know of a tenant; a subset of the API's own shapes. */
export type TenantFacts = {
  tenant: { id: string; status: string } | null;
  adapter: { id: string; hasOrigin: boolean } | null;
  versions: readonly { id: string; number: number; state: string }[];
  hasSuite: boolean;
  runs: readonly { candidateVersionId: string; state: string; outcome: string | null }[];
  cutovers: readonly { toVersionId: string; isOver: boolean }[];
};

export type SeedStep =
  | { kind: "create_tenant" }
  | { kind: "create_adapter"; tenantId: string; desk: DeskName }
  /** Says where the customer is served before it moves in. */
  | { kind: "set_origin"; tenantId: string; adapterId: string }
  | { kind: "open_version"; adapterId: string; number: number }
  | { kind: "send_files"; versionId: string; number: number }
  | { kind: "create_suite"; tenantId: string }
  /** Loads the version on its pool; with `startsRun` its gate is asked for at once. */
  | { kind: "stage"; versionId: string; startsRun: boolean }
  | { kind: "start_cutover"; adapterId: string; versionId: string; isAdopted: boolean }
  /** Something is under way that another process does. */
  | { kind: "wait" }
  | { kind: "done" };

/**
 * The next thing the seed does for one tenant. It follows from the catalog alone, so a second start continues where the
 * first one stopped, and what a person did meanwhile (a rollback, a suspended tenant, a cancelled run) is left as it is:
 * only what never happened is done.
 */
export function nextSeedStep(plan: DemoTenant, facts: TenantFacts): SeedStep {
  if (facts.tenant === null) return { kind: "create_tenant" };
  if (facts.tenant.status !== "active") return { kind: "done" };
  if (facts.adapter === null) return { kind: "create_adapter", tenantId: facts.tenant.id, desk: plan.desk };
  // before its first version, so that an origin that a person took away later stays away
  if (plan.story === "moving_in" && facts.versions.length === 0 && !facts.adapter.hasOrigin)
    return { kind: "set_origin", tenantId: facts.tenant.id, adapterId: facts.adapter.id };
  for (const number of versionsOf(plan)) {
    const step = versionStep(plan, number, facts, { tenantId: facts.tenant.id, adapterId: facts.adapter.id });
    if (step.kind !== "done") return step;
  }
  return { kind: "done" };
}

const ADOPTED: readonly Story[] = ["adopted", "updated", "failing"];

/** True for a tenant that is adopted as already live, until that cutover is over: nobody can call its adapter yet. */
export function awaitsFirstCutover(plan: DemoTenant, facts: TenantFacts): boolean {
  if (!ADOPTED.includes(plan.story) || facts.tenant?.status === "suspended") return false;
  const first = facts.versions.find(({ number }) => number === 1);
  if (first === undefined) return true;
  const canGoLive = first.state === "draft" || first.state === "checking" || first.state === "ready";
  return canGoLive && !facts.cutovers.some(({ toVersionId, isOver }) => toVersionId === first.id && isOver);
}

/** "done" = this version's part of the story is over; the next version may begin. */
function versionStep(
  plan: DemoTenant,
  number: number,
  facts: TenantFacts,
  ids: { tenantId: string; adapterId: string },
): SeedStep {
  const version = facts.versions.find((candidate) => candidate.number === number);
  if (version === undefined) return { kind: "open_version", adapterId: ids.adapterId, number };
  const isMore = number === moreNumber(plan);
  switch (version.state) {
    case "draft":
      if (isMore && plan.more === "draft") return { kind: "done" };
      return { kind: "send_files", versionId: version.id, number };
    case "checking":
      return { kind: "wait" };
    case "ready":
      break;
    default:
      return { kind: "done" };
  }
  if (isMore) return { kind: "done" };
  const cutover = facts.cutovers.find((candidate) => candidate.toVersionId === version.id);
  if (cutover !== undefined) return { kind: cutover.isOver ? "done" : "wait" };
  const isGated = !ADOPTED.includes(plan.story) || number > 1;
  if (plan.story === "onboarding") return { kind: "stage", versionId: version.id, startsRun: false };
  if (!isGated) return { kind: "start_cutover", adapterId: ids.adapterId, versionId: version.id, isAdopted: true };
  const step = gateStep(version.id, facts, ids);
  // moving in is left to whoever looks at the demo
  return plan.story === "moving_in" && step.kind === "start_cutover" ? { kind: "done" } : step;
}

function gateStep(versionId: string, facts: TenantFacts, ids: { tenantId: string; adapterId: string }): SeedStep {
  const runs = facts.runs.filter((run) => run.candidateVersionId === versionId);
  if (runs.length === 0)
    return facts.hasSuite
      ? { kind: "stage", versionId, startsRun: true }
      : { kind: "create_suite", tenantId: ids.tenantId };
  if (runs.some((run) => run.state === "queued" || run.state === "running")) return { kind: "wait" };
  const hasPassed = runs.some((run) => run.outcome === "pass");
  if (!hasPassed) return { kind: "done" };
  return { kind: "start_cutover", adapterId: ids.adapterId, versionId, isAdopted: false };
}
