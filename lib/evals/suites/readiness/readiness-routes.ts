import * as z from "zod";
import { idOf, PageQuery } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { ReadinessPage, ReadinessSchema } from "../../browser/readiness-schema.ts";
import { listReadiness, readReadiness } from "./read-readiness.ts";

export const readinessRoutes = [
  route(
    "GET /tenants/{tenantId}/suite-readiness",
    {
      summary: "Read how ready a tenant's suite is for a gate",
      description:
        "Checks the suite that a gate would use: prompts, categories, duplicates, and prompts that the baseline fails.",
      action: "tenant.read",
      params: z.object({ tenantId: idOf("ten") }),
      ok: ReadinessSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => readReadiness(ctx, params.tenantId),
  ),
  route(
    "GET /suite-readiness",
    {
      summary: "Summarise how ready all tenants' suites are for a gate",
      action: "tenant.read",
      query: PageQuery.extend({ q: z.string().trim().max(80).optional() }),
      ok: ReadinessPage,
    },
    ({ ctx, query }) => listReadiness(ctx, query),
  ),
] as const;
