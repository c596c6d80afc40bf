import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { RouteExplanationSchema, RouteQuery } from "../browser/route-schema.ts";
import { explainTenant } from "./explain-tenant.ts";

export const explainRoutes = [
  route(
    "GET /tenants/{tenantId}/route",
    {
      summary: "Where a tenant's request would go now, and why",
      description:
        "Every way to answer in the order it is tried, with every node and why it may or may not answer. The same decision that the gateway makes, from the catalog and from what the gateways report. A refusal is an answer, too.",
      action: "fleet.read",
      params: z.object({ tenantId: idOf("ten") }),
      query: RouteQuery,
      ok: RouteExplanationSchema,
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => explainTenant(ctx, params.tenantId, query),
  ),
] as const;
