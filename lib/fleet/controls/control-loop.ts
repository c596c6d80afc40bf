import { audit } from "#lib/identity/audit.ts";
import { type Ctx, type Deps, systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { dueControls, getControl } from "./control-store.ts";
import { endControl } from "./end-control.ts";

export const CONTROL_LOOP = "controls";
const INTERVAL_MS = 2_000;
const LEASE_MS = 15_000;

/** Ends controls whose time is up, until `signal` aborts. The gateway does not wait for it: it goes by the clock. */
export function runControlLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  return runLeasedLoop(deps, signal, {
    name: CONTROL_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_MS,
    wakesOn: ["Control"],
    tick: (turn) => endDueControls(deps, turn),
  });
}

/** One transaction each, so that a worker that dies half-way leaves every control either as it was or ended whole. */
export async function endDueControls(deps: Deps, { signal, term }: Turn): Promise<void> {
  const due = await systemRead(deps, CONTROL_LOOP, (ctx) => dueControls(ctx.tx, ctx.clock.now()));
  for (const { id } of due) {
    if (signal.aborted) return;
    await systemWrite(deps, CONTROL_LOOP, async (ctx) => {
      await requireTerm(ctx.tx, { name: CONTROL_LOOP, term });
      await expire(ctx, id);
    });
  }
}

async function expire(ctx: Ctx, controlId: string): Promise<void> {
  const control = await getControl(ctx.tx, controlId);
  if (control === null) return;
  const end = { at: ctx.clock.now(), by: null, reason: "Time was up." };
  if (!(await endControl(ctx, control, end, "due"))) return;
  await audit(ctx, {
    action: "control.expire",
    object: { type: "control", id: control.id },
    tenantId: control.tenantId,
    before: { kind: control.kind, expiresAt: control.expiresAt },
  });
}
