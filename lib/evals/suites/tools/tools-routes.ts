import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { PutTools, TenantToolsSchema } from "../../browser/tools-schema.ts";
import { readTools, setTools } from "./set-tools.ts";

const TenantParams = z.object({ tenantId: idOf("ten") });

export const toolsRoutes = [
  route(
    "GET /tenants/{tenantId}/tools",
    {
      summary: "Read the tools that a tenant's model is offered",
      description: "Returns an empty list of generation 0 if there are none yet.",
      action: "tenant.read",
      params: TenantParams,
      ok: TenantToolsSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => readTools(ctx, params.tenantId),
  ),
  route(
    "PUT /tenants/{tenantId}/tools",
    {
      summary: "Set the tools that a tenant's model is offered",
      description:
        "Replaces all tools, in OpenAI's format. Suites are generated from them. Send If-Match g0 if there are none yet.",
      action: "eval.run",
      params: TenantParams,
      body: PutTools,
      ok: TenantToolsSchema,
      ifMatch: true,
      errors: ["not_found"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      setTools(ctx, { ...body, tenantId: params.tenantId, expectedGeneration }),
  ),
] as const;
