import * as z from "zod";
import { idOf, PageQuery } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { AnswerHistoryPage } from "../browser/answer-history-schema.ts";
import { listAnswerHistory } from "./list-history.ts";

export const answerHistoryRoutes = [
  route(
    "GET /tenants/{tenantId}/answer-history",
    {
      summary: "Read how a tenant's answers changed between gates, with the noise floor",
      action: "fleet.read",
      params: z.object({ tenantId: idOf("ten") }),
      query: PageQuery,
      ok: AnswerHistoryPage,
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => listAnswerHistory(ctx, { ...query, tenantId: params.tenantId }),
  ),
] as const;
