import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import { AppError, errorText } from "#lib/platform/errors.ts";
import { requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { readSystemHealth } from "../system/read-system-health.ts";
import { openUrl } from "./change-dead-man.ts";
import { type DeadManRecord, type Heartbeat, readDeadMan, saveHeartbeat } from "./dead-man-store.ts";

export const DEAD_MAN_LOOP = "dead_man";
const INTERVAL_MS = 10_000;
const LEASE_MS = 30_000;
const TIMEOUT_MS = 10_000;
const REPLY_MAX_BYTES = 64_000;

/** Calls the dead man's switch as long as Switchyard itself is well, until `signal` aborts. */
export function runDeadManLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  return runLeasedLoop(deps, signal, {
    name: DEAD_MAN_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_MS,
    tick: (turn) => heartbeatOnce(deps, turn),
  });
}

/**
 * One turn: calls the address when a call is due and Switchyard is healthy, and holds it back while it is not. The fleet's own
 * troubles are told by alerts and hold nothing back.
 */
export async function heartbeatOnce(deps: Deps, { signal, term }: Turn): Promise<void> {
  const now = deps.clock.now();
  const { record, health } = await systemRead(deps, DEAD_MAN_LOOP, async (ctx) => ({
    record: await readDeadMan(ctx.tx),
    health: await readSystemHealth(ctx),
  }));
  if (record === null) return;
  const heartbeat = health.ok ? await call(deps, record, now, signal) : heldBack(record, health.sentence, now);
  if (heartbeat === null) return;
  await deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, { name: DEAD_MAN_LOOP, term });
    await saveHeartbeat(tx, record.generation, heartbeat);
  });
}

const heldBack = (record: DeadManRecord, because: string, now: Date): Heartbeat => ({
  heldBackAt: record.heldBackAt ?? now,
  heldBackBecause: because,
});

/** @returns null = the next call is not due yet */
async function call(deps: Deps, record: DeadManRecord, now: Date, signal: AbortSignal): Promise<Heartbeat | null> {
  const wasHeldBack = record.heldBackAt !== null;
  const dueAt = (record.lastBeatAt?.getTime() ?? 0) + record.everySeconds * 1000 - INTERVAL_MS / 2;
  if (!wasHeldBack && record.lastError === null && now.getTime() < dueAt) return null;
  const problem = await post(deps, record, signal);
  const released = { heldBackAt: null, heldBackBecause: null, lastError: problem };
  return problem === null ? { ...released, lastBeatAt: now } : released;
}

/** @returns why the call was not taken; null = it was */
async function post(deps: Deps, record: DeadManRecord, signal: AbortSignal): Promise<string | null> {
  try {
    const { status } = await deps.outbound.request(openUrl(deps.secrets, record), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ source: "switchyard", status: "ok", at: deps.clock.now().toISOString() }),
      timeoutMs: TIMEOUT_MS,
      maxBytes: REPLY_MAX_BYTES,
      signal,
    });
    return status >= 200 && status < 300 ? null : `${record.host} answered ${status}.`;
  } catch (error) {
    return error instanceof AppError ? error.message : `It could not be called: ${errorText(error)}.`;
  }
}
