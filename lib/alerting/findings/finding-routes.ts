import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { FindingPage, FindingsQuery, PoolFindingsQuery } from "../browser/finding-schema.ts";
import { showFindings, showPoolFindings } from "./show-findings.ts";

/** What Switchyard sees going wrong; it names nodes and several tenants at once, so customers never read it. */
export const findingRoutes = [
  route(
    "GET /findings",
    {
      summary: "Pitfalls that detectors see: evidence, cause, fix and what the fix is predicted to bring",
      description:
        "The gravest first. Of a node: its own and those of its pool as a whole. A finding that is not seen again clears after three minutes.",
      action: "fleet.read",
      query: FindingsQuery,
      ok: FindingPage,
    },
    ({ ctx, query }) => showFindings(ctx, query),
  ),
  route(
    "GET /pools/{poolId}/findings",
    {
      summary: "Pitfalls that detectors see in one pool and on its nodes",
      action: "fleet.read",
      params: z.object({ poolId: idOf("pool") }),
      query: PoolFindingsQuery,
      ok: FindingPage,
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => showPoolFindings(ctx, params.poolId, query),
  ),
] as const;
