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
      summary: "Read the nodes that an adapter is placed on, with the reasons",
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
      summary: "Set how many nodes an adapter is placed on, and which nodes must have it",
      description:
        "It is loaded on its new nodes first, and unloaded from the others once the new ones have proven it.",
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
      summary: "Preview which adapters a pool's plan would move, and why",
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
      summary: "Apply a pool's placement plan",
      description: "Returns the applied plan. Applying it again changes nothing.",
      action: "placement.write",
      params: PoolParams,
      ok: PlacementPlanSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => applyPlacement(ctx, params.poolId),
  ),
] as const;
