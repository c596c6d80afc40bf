import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import {
  CreateObjective,
  ObjectivePage,
  ObjectiveSchema,
  ObjectivesQuery,
  UpdateObjective,
} from "../browser/objective-schema.ts";
import { TenantRankingSchema, TenantRankQuery } from "../browser/rank-schema.ts";
import { createObjective, removeObjective, updateObjective } from "./change-objective.ts";
import { readWorstTenants } from "./read-worst-tenants.ts";
import { listObjectivePage, showObjective } from "./show-objective.ts";

const ObjectiveParams = z.object({ objectiveId: idOf("obj") });

/** What customers are promised, and how much of it was kept. */
export const objectiveRoutes = [
  route(
    "GET /objectives",
    {
      summary: "List objectives with their state, newest first",
      description:
        "Each counts good requests of all it is about. Requests that were refused for a fault of their own, such as a tenant's over its own limits, do not count. Customers get accepted ones that are shown to them. With `order=worst`, only the first of all by what burns and what is left.",
      action: "tenant.read",
      query: ObjectivesQuery,
      ok: ObjectivePage,
    },
    ({ ctx, query }) => listObjectivePage(ctx, query),
  ),
  route(
    "POST /objectives",
    {
      summary: "Set an objective of a tenant or a pool",
      description: "It is accepted immediately. Requests of the last 28 days count as well.",
      action: "settings.write",
      body: CreateObjective,
      ok: ObjectiveSchema,
      status: 201,
      errors: ["conflict"],
    },
    ({ ctx, body }) => createObjective(ctx, body),
  ),
  route(
    "GET /rankings/tenants",
    {
      summary: "List the tenants that are furthest over their objective",
      description:
        "By p95 as a multiple of the accepted end-to-end p95 over the range, then by the share of fallbacks; those without such an objective follow, by p95. Measured from the gateway's trace. The last hour unless a range of at most 31 days is given.",
      action: "fleet.read",
      query: TenantRankQuery,
      ok: TenantRankingSchema,
    },
    ({ ctx, query }) => readWorstTenants(ctx, query),
  ),
  route(
    "GET /objectives/{objectiveId}",
    {
      summary: "Read an objective",
      action: "tenant.read",
      params: ObjectiveParams,
      ok: ObjectiveSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => showObjective(ctx, params.objectiveId),
  ),
  route(
    "PATCH /objectives/{objectiveId}",
    {
      summary: "Change an objective, accept it or dismiss it",
      description: "A new target recounts its requests.",
      action: "settings.write",
      params: ObjectiveParams,
      body: UpdateObjective,
      ok: ObjectiveSchema,
      ifMatch: true,
      errors: ["not_found", "stale"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      updateObjective(ctx, { objectiveId: params.objectiveId, expectedGeneration, change: body }),
  ),
  route(
    "DELETE /objectives/{objectiveId}",
    {
      summary: "Remove an objective",
      description: "A tenant's objective may be proposed again. Dismiss a proposal that you do not want.",
      action: "settings.write",
      params: ObjectiveParams,
      ok: null,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => {
      await removeObjective(ctx, params.objectiveId);
      return undefined;
    },
  ),
] as const;
