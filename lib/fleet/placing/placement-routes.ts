import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { AdapterPlacementSchema, PlacementPlanSchema, SetPlacement } from "../schema.ts";
import { applyPlacement, dryRunPlacement } from "./apply-placement.ts";
import { readPlacement, setPlacement } from "./set-placement.ts";

const AdapterParams = z.object({ adapterId: idOf("adp") });
const PoolParams = z.object({ poolId: idOf("pool") });

/** Which nodes adapters go to. */
export const placementRoutes = [
  route(
    "GET /adapters/{adapterId}/placement",
    {
      summary: "On which nodes an adapter is wanted, and why there",
      action: "fleet.read",
      params: AdapterParams,
      ok: AdapterPlacementSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => readPlacement(ctx, params.adapterId),
  ),
  route(
    "PUT /adapters/{adapterId}/placement",
    {
      summary: "Say on how many nodes an adapter is wanted, and on which for sure",
      description: "It goes to its new nodes first, and leaves the others when these have proven it.",
      action: "placement.write",
      params: AdapterParams,
      body: SetPlacement,
      ok: AdapterPlacementSchema,
      ifMatch: true,
      errors: ["not_found"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      setPlacement(ctx, { adapterId: params.adapterId, expectedGeneration, change: body }),
  ),
  route(
    "GET /pools/{poolId}/placement-plan",
    {
      summary: "Which adapters a pool's plan would move, and why: a dry run",
      action: "fleet.read",
      params: PoolParams,
      ok: PlacementPlanSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => dryRunPlacement(ctx, params.poolId),
  ),
  route(
    "POST /pools/{poolId}/placement-plan/apply",
    {
      summary: "Carry out a pool's placement plan",
      description: "Answers the plan that was carried out. Applying it again changes nothing.",
      action: "placement.write",
      params: PoolParams,
      ok: PlacementPlanSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => applyPlacement(ctx, params.poolId),
  ),
] as const;
