import { ApiError } from "#lib/api/client.ts";
import type { Clock } from "#lib/platform/clock.ts";
import type { Log } from "#lib/platform/log.ts";
import type { DemoTenant } from "./companies.ts";
import { type Facts, readFacts } from "./facts.ts";
import { awaitsFirstCutover, nextSeedStep, type SeedStep, type TenantFacts } from "./next-seed-step.ts";
import { type StepDeps, takeStep } from "./take-step.ts";

/** How many tenants are worked on at once: enough to keep two cores busy, not enough to starve the console. */
const PARALLEL = 3;
const RETRY_MS = 2_000;
const GIVE_UP_AFTER = 5;

export type SeedDeps = StepDeps & {
  clock: Clock;
  log: Log;
  /** Called with the facts of every round, before anything is done. */
  onFacts(facts: Facts): Promise<void>;
  /** Until `onServing`: of so many tenants, how many have nothing left to be written, and how many are as far as they get before a gate. */
  onProgress(progress: { written: number; serving: number; of: number }): void;
  /** Called once, when everything is written that can be and every adopted tenant is live: what remains waits for gates. */
  onServing(): Promise<void>;
};

/**
 * Brings every tenant of the plan to the end of its story, step by step through the API, and returns when all of them are
 * there. A step that is refused is logged and tried again; after five times that tenant is left alone.
 */
export async function seedTenants(deps: SeedDeps, tenants: readonly DemoTenant[]): Promise<void> {
  const failures = new Map<string, number>();
  const staged = new Set<string>();
  let isServing = false;
  let written = 0;
  for (;;) {
    const facts = await readFacts(deps.client, deps.signal);
    await deps.onFacts(facts);
    const steps = tenants
      .filter((plan) => (failures.get(plan.slug) ?? 0) < GIVE_UP_AFTER)
      .map((plan) => ({ plan, step: withoutRepeat(nextSeedStep(plan, factsOf(facts, plan)), staged) }));
    const toDo = steps.filter(({ step }) => step.kind !== "done" && step.kind !== "wait");
    if (!isServing) {
      const behind = steps.filter(({ plan }) => awaitsFirstCutover(plan, factsOf(facts, plan))).length;
      const of = tenants.length;
      // a version that has passed its checks has a next step again: what was reached once stays said
      written = Math.max(written, of - toDo.length);
      deps.onProgress({ written, serving: of - Math.max(behind, toDo.length), of });
      isServing = toDo.length === 0 && behind === 0;
      if (isServing) await deps.onServing();
    }
    if (steps.every(({ step }) => step.kind === "done")) return;
    await inParallel(toDo, async ({ plan, step }) => {
      const isTaken = await tryStep(deps, plan, step);
      failures.set(plan.slug, isTaken ? 0 : (failures.get(plan.slug) ?? 0) + 1);
      if (isTaken && step.kind === "stage") staged.add(step.versionId);
    });
    const hasFailed = toDo.some(({ plan }) => (failures.get(plan.slug) ?? 0) > 0);
    if (toDo.length === 0 || hasFailed) await deps.clock.sleep(RETRY_MS, deps.signal);
  }
}

/** Staging leaves no trace that the decision reads, so it is remembered for as long as this process lives. */
const withoutRepeat = (step: SeedStep, staged: ReadonlySet<string>): SeedStep =>
  step.kind === "stage" && !step.startsRun && staged.has(step.versionId) ? { kind: "done" } : step;

async function tryStep(deps: SeedDeps, plan: DemoTenant, step: SeedStep): Promise<boolean> {
  try {
    await takeStep(deps, plan, step);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError) || deps.signal.aborted) throw error;
    const { code, detail } = error.problem;
    deps.log.warn("demo step was refused", { tenant: plan.slug, step: step.kind, code, detail });
    return false;
  }
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const slot = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: PARALLEL }, slot));
}

/** One tenant's share of the catalog. */
function factsOf(facts: Facts, plan: DemoTenant): TenantFacts {
  const tenant = facts.tenants.find((candidate) => candidate.slug === plan.slug) ?? null;
  const mine = <T extends { tenantId: string }>(items: readonly T[]) =>
    items.filter((item) => item.tenantId === tenant?.id);
  const [adapter] = mine(facts.adapters);
  return {
    tenant,
    adapter: adapter ? { id: adapter.id, hasOrigin: adapter.route.originEndpointId !== null } : null,
    versions: mine(facts.versions),
    hasSuite: mine(facts.suites).length > 0,
    runs: mine(facts.runs).map((run) => ({ ...run, outcome: run.verdict?.outcome ?? null })),
    cutovers: mine(facts.cutovers).map((cutover) => ({ ...cutover, isOver: cutover.finishedAt !== null })),
  };
}
