import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { drainNode } from "./drain-node.ts";
import { retryPlacement } from "./retry-placement.ts";
import { DrainNode, NodeSchema, PlacementSchema } from "./schema.ts";

/** Taking a node out of service with care, and giving what failed another try. */
export const serviceRoutes = [
  route(
    "POST /nodes/{nodeId}/drain",
    {
      summary: "Drain a node: cordon it and let running requests finish until a deadline",
      description:
        "The node counts as drained when it reports nothing running and nothing waiting, or when the deadline has passed. Uncordon ends it.",
      action: "fleet.operate",
      params: z.object({ nodeId: idOf("node") }),
      body: DrainNode,
      ok: NodeSchema,
      status: 202,
      errors: ["not_found"],
    },
    async ({ ctx, params, body }) => drainNode(ctx, { ...body, nodeId: params.nodeId }),
  ),
  route(
    "POST /placements/{placementId}/retry",
    {
      summary: "Retry a failed placement now",
      action: "placement.write",
      params: z.object({ placementId: idOf("plc") }),
      ok: PlacementSchema,
      status: 202,
      errors: ["not_found", "conflict"],
    },
    async ({ ctx, params }) => retryPlacement(ctx, params.placementId),
  ),
] as const;
