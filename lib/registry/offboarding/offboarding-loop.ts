import { audit } from "#lib/identity/audit.ts";
import { closeTenantAccess } from "#lib/identity/close-tenant.ts";
import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import type { Fence } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { nextOffboardingStep } from "./next-offboarding-step.ts";
import { type LeavingTenant, leavingTenants, listSteps, setTenantStatus } from "./offboarding-store.ts";
import { fencedStep, OFFBOARDING_ACTOR, type StepWorker } from "./step-worker.ts";

export const OFFBOARDING_LOOP = "offboarding";
const INTERVAL_MS = 3_000;
const LEASE_MS = 30_000;
/** Steps that become due by what others did in the same turn follow at once. */
const ROUNDS = 8;

/** Nodes that may still hold an archived tenant's weights are looked at this often: nobody waits for it. */
const ARCHIVED_EVERY_MS = 60_000;

/** Takes tenants away, step by step, until `signal` aborts. Only the lease's holder does. */
export function runOffboardingLoop(deps: Deps, signal: AbortSignal, workers: readonly StepWorker[]): Promise<void> {
  let archivedDue = new Date(0);
  return runLeasedLoop(deps, signal, {
    name: OFFBOARDING_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_MS,
    wakesOn: ["Tenant", "OffboardingStep", "AdapterVersion", "Placement"],
    wakeGapMs: 500,
    tick: (turn) => {
      const now = deps.clock.now();
      const withArchived = now >= archivedDue;
      if (withArchived) archivedDue = new Date(now.getTime() + ARCHIVED_EVERY_MS);
      return advanceOffboardings(deps, turn, workers, withArchived);
    },
  });
}

/**
 * One turn over all tenants that leave, and those that have left something in a node's memory. What goes wrong with one step holds up neither the others nor other tenants.
 * @throws AggregateError with what went wrong
 */
export async function advanceOffboardings(
  deps: Deps,
  turn: Turn,
  workers: readonly StepWorker[],
  withArchived = true,
): Promise<void> {
  const fence: Fence = { name: OFFBOARDING_LOOP, term: turn.term };
  const errors: unknown[] = [];
  const leaving = await systemRead(deps, OFFBOARDING_ACTOR, ({ tx }) => leavingTenants(tx));
  for (const tenant of leaving.filter(({ status }) => withArchived || status !== "archived")) {
    if (turn.signal.aborted) return;
    await advanceTenant(deps, fence, tenant, workers, errors).catch((error) => errors.push(error));
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} steps of off-boarding went wrong`);
}

async function advanceTenant(
  deps: Deps,
  fence: Fence,
  tenant: LeavingTenant,
  workers: readonly StepWorker[],
  errors: unknown[],
): Promise<void> {
  const acted = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const { due, isOver } = await systemRead(deps, OFFBOARDING_ACTOR, async ({ tx }) =>
      nextOffboardingStep(await listSteps(tx, tenant.id)),
    );
    const next = workers.filter(({ step }) => due.includes(step) && !acted.has(step));
    if (next.length === 0) {
      if (isOver && tenant.status === "offboarding") await archive(deps, fence, tenant);
      return;
    }
    for (const worker of next) {
      acted.add(worker.step);
      await worker.advance({ deps, fence, tenant }).catch((error) => errors.push(error));
    }
  }
}

/** Everything is over. A key that was made while the last one was revoked goes here. */
const archive = (deps: Deps, fence: Fence, tenant: LeavingTenant): Promise<void> =>
  fencedStep(deps, fence, async (ctx) => {
    const { isOver } = nextOffboardingStep(await listSteps(ctx.tx, tenant.id));
    if (!isOver) return;
    await closeTenantAccess(ctx, tenant.id);
    await setTenantStatus(ctx.tx, tenant.id, "archived");
    await audit(ctx, {
      action: "tenant.archive",
      object: { type: "tenant", id: tenant.id },
      tenantId: tenant.id,
      before: { status: "offboarding" },
      after: { status: "archived" },
    });
  });
