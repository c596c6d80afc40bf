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
      summary: "List findings with their evidence, cause, fix and forecast",
      description:
        "Most severe first. With a node: its own findings and those of its pool. A finding that is not seen again clears after three minutes.",
      action: "fleet.read",
      query: FindingsQuery,
      ok: FindingPage,
    },
    ({ ctx, query }) => showFindings(ctx, query),
  ),
  route(
    "GET /pools/{poolId}/findings",
    {
      summary: "List the findings of a pool and its nodes",
      action: "fleet.read",
      params: z.object({ poolId: idOf("pool") }),
      query: PoolFindingsQuery,
      ok: FindingPage,
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => showPoolFindings(ctx, params.poolId, query),
  ),
] as const;
