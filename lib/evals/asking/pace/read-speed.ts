import { servingNodes } from "#lib/fleet/routable-nodes.ts";
import type { Measurement } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { latestOfPool, type PoolRequests } from "#lib/requests/traffic/pool-requests-store.ts";
import type { Speed } from "../../schema.ts";
import { samplesNeeded } from "../../verdict/plan-samples.ts";
import { latestEndMs } from "./node-share.ts";

/** Evaluations of so long ago say how long the next takes; without any, customers' requests of the last hour do. */
const EVALS_MS = 24 * 3_600_000;
const USERS_MS = 3_600_000;

/** How long answers take on a pool, and when they are there at the latest. null = nothing was answered there lately. */
export async function readSpeed(ctx: Ctx, poolId: string, answersLeft: number | null): Promise<Speed | null> {
  const now = ctx.clock.now();
  const latest = (kind: "eval" | "user", agoMs: number) =>
    latestOfPool(ctx.tx, { poolId, kind, from: new Date(now.getTime() - agoMs), to: now });
  const evals = await latest("eval", EVALS_MS);
  const seen = evals.meanServiceMs === null ? await latest("user", USERS_MS) : evals;
  const nodes = (await servingNodes(ctx.tx, poolId)).length;
  return judgeSpeed(seen, { nodes, answersLeft, asOf: now.toISOString() });
}

/** Pure. @param answersLeft null = nobody asks yet */
export function judgeSpeed(
  { meanServiceMs, simulated }: Pick<PoolRequests, "meanServiceMs" | "simulated">,
  { nodes, answersLeft, asOf }: { nodes: number; answersLeft: number | null; asOf: string },
): Speed | null {
  if (meanServiceMs === null || nodes === 0) return null;
  const make = (value: number | null, source: Measurement["source"]): Measurement => ({
    ...{ value, unit: "ms", source, simulated, asOf, coverage: null },
  });
  const latest = (answers: number) => latestEndMs({ answers, serviceMs: meanServiceMs, nodes });
  return {
    nodes,
    service: make(meanServiceMs, "measured"),
    latestPerPrompt: make(latest(samplesNeeded(1)), "inferred"),
    latestLeft: answersLeft === null ? null : make(latest(answersLeft), "inferred"),
  };
}
