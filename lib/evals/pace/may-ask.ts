import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import type { Fence } from "#lib/platform/lease.ts";
import { readSettings } from "#lib/pools/settings/settings-store.ts";
import { EVAL_ACTOR, fencedWrite } from "../admit-run.ts";
import type { RunRecord } from "../store.ts";
import { decideYield, type YieldDecision } from "./decide-yield.ts";
import { poolOfAdapter, setWaiting } from "./pace-store.ts";
import { readPressure } from "./read-pressure.ts";

type Waiting = Pick<RunRecord, "id" | "tenantId" | "adapterId" | "message" | "yieldingSince">;

/** Whether customers leave room for a run. The run says what was decided, and since when it yields. */
export async function mayAsk(
  { deps, fence }: { deps: Deps; fence: Fence },
  run: Waiting,
  ownInFlight: number,
): Promise<YieldDecision> {
  const { pressure, limits } = await systemRead(deps, EVAL_ACTOR, async (ctx) => {
    const poolId = await poolOfAdapter(ctx.tx, run.adapterId);
    const { evalYieldWaiting: waiting, evalYieldDeferred: deferred } = await readSettings(ctx.tx);
    const pressure = await readPressure(ctx, { poolId, tenantId: run.tenantId, ownInFlight });
    return { pressure, limits: { waiting, deferred } };
  });
  const decision = decideYield(pressure, run.yieldingSince !== null, limits);
  const message = decision.kind === "go_on" ? null : decision.message;
  const yieldingSince = decision.kind === "yield" ? (run.yieldingSince ?? deps.clock.now()) : null;
  if (message !== run.message || yieldingSince?.getTime() !== run.yieldingSince?.getTime())
    await fencedWrite(deps, fence, ({ tx }) => setWaiting(tx, run.id, { message, yieldingSince }));
  return decision;
}
