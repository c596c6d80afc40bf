import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { notFound } from "#lib/platform/errors.ts";
import { RolloutSchema, StartRollout } from "../schema.ts";
import { cancelRollout } from "./cancel-rollout.ts";
import { getRollout, rolloutsOf } from "./rollout-store.ts";
import { showRollout, showRollouts } from "./show-rollout.ts";
import { startRollout } from "./start-rollout.ts";

const PoolParams = z.object({ poolId: idOf("pool") });
const RolloutParams = z.object({ rolloutId: idOf("rol") });
/** A pool's limits change a few times a year. */
const ROLLOUTS_SHOWN = 50;

export const rolloutRoutes = [
  route(
    "POST /pools/{poolId}/rollouts",
    {
      summary: "Change a pool's engine limits, node by node",
      description:
        "Each node is cordoned, drained, restarted as the pool's restart step says, and back in service once everything it held is routable again. The pool keeps its limits until all nodes run with the new ones.",
      action: "fleet.write",
      params: PoolParams,
      body: StartRollout,
      ok: RolloutSchema,
      status: 201,
      errors: ["not_found", "conflict"],
    },
    async ({ ctx, params, body }) => showRollout(ctx, await startRollout(ctx, { ...body, poolId: params.poolId })),
  ),
  route(
    "GET /pools/{poolId}/rollouts",
    {
      summary: "List a pool's rollouts of engine limits, newest first",
      action: "fleet.read",
      params: PoolParams,
      ok: z.object({ items: z.array(RolloutSchema), nextCursor: z.string().nullable() }),
      errors: ["not_found"],
    },
    async ({ ctx, params }) => {
      const rows = await rolloutsOf(ctx.tx, params.poolId, ROLLOUTS_SHOWN);
      return { items: await showRollouts(ctx, params.poolId, rows), nextCursor: null };
    },
  ),
  route(
    "GET /rollouts/{rolloutId}",
    {
      summary: "Read a rollout",
      action: "fleet.read",
      params: RolloutParams,
      ok: RolloutSchema,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => {
      const rollout = await getRollout(ctx.tx, params.rolloutId);
      if (!rollout) throw notFound("rollout");
      return showRollout(ctx, rollout);
    },
  ),
  route(
    "POST /rollouts/{rolloutId}/cancel",
    {
      summary: "Cancel a rollout: the current node finishes, and the others do not change",
      action: "fleet.write",
      params: RolloutParams,
      ok: RolloutSchema,
      errors: ["not_found", "conflict"],
    },
    async ({ ctx, params }) => showRollout(ctx, await cancelRollout(ctx, params.rolloutId)),
  ),
] as const;
