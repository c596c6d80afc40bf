import type { Ctx } from "#lib/identity/ctx.ts";
import type { LoopView, Pulse } from "../browser/system-schema.ts";
import { isThere, judgeLoops } from "./judge-loops.ts";
import { type GatewaySighting, listGateways, listWorkers, readLeases, type WorkerSighting } from "./system-store.ts";

/** A gateway that routes by an older snapshot may not know what was changed since. */
const OLD_SNAPSHOT_MS = 60_000;

/** Is Switchyard itself alive: every loop carried by a worker, on time and without an error, and a gateway up to date. */
export async function readPulse(ctx: Ctx): Promise<Pulse> {
  const now = ctx.clock.now();
  const leases = await readLeases(ctx.tx);
  const workers = await listWorkers(ctx.tx);
  const gateways = await listGateways(ctx.tx);
  const loops = judgeLoops(leases, workers, now);
  const trouble = worstOf(loops, workers, gateways, now);
  return { ok: trouble === null, sentence: trouble ?? "All loops on time", loops };
}

/** One phrase for the top bar: what is wrong that explains most. null = nothing is */
function worstOf(
  loops: readonly LoopView[],
  workers: readonly WorkerSighting[],
  gateways: readonly GatewaySighting[],
  now: Date,
): string | null {
  if (loops.length === 0) return "The worker has not run yet";
  if (!workers.some(({ seenAt }) => isThere(seenAt, now))) {
    const [last] = workers;
    return last === undefined ? "No worker runs" : `No worker seen for ${spanOf(now, last.seenAt)}`;
  }
  const inState = (state: LoopView["state"]) => loops.filter((loop) => loop.state === state);
  const stopped = inState("stopped");
  if (stopped.length > 0) return `${namesOf(stopped)} ${stopped.length > 1 ? "are" : "is"} run by no worker`;
  const [late] = inState("late").sort((one, other) => (other.overdueSeconds ?? 0) - (one.overdueSeconds ?? 0));
  if (late) return `${late.name} ${spanText(late.overdueSeconds ?? 0)} late`;
  const [failing] = inState("failing");
  if (failing) return `${failing.name} fails: ${failing.lastError}`;
  return gatewayTrouble(gateways, now);
}

function gatewayTrouble(gateways: readonly GatewaySighting[], now: Date): string | null {
  const present = gateways.filter(({ seenAt }) => isThere(seenAt, now));
  const [last] = gateways;
  if (present.length === 0)
    return last === undefined ? "No gateway runs" : `No gateway seen for ${spanOf(now, last.seenAt)}`;
  const old = present.find(
    ({ snapshotAt }) => snapshotAt === null || now.getTime() - snapshotAt.getTime() > OLD_SNAPSHOT_MS,
  );
  if (old === undefined) return null;
  return old.snapshotAt === null
    ? "A gateway has no snapshot yet"
    : `Gateway on a snapshot ${spanOf(now, old.snapshotAt)} old`;
}

const NAMED = 2;
const namesOf = (loops: readonly LoopView[]): string => {
  const names = loops.slice(0, NAMED).map(({ name }) => name);
  return loops.length > NAMED ? `${names.join(", ")} and ${loops.length - NAMED} more loops` : names.join(" and ");
};

const spanOf = (now: Date, since: Date): string => spanText(Math.round((now.getTime() - since.getTime()) / 1000));
const spanText = (seconds: number): string =>
  seconds < 120
    ? `${Math.max(0, seconds)} s`
    : seconds < 7_200
      ? `${Math.round(seconds / 60)} min`
      : `${Math.round(seconds / 3_600)} h`;
