import * as z from "zod";
import { idOf, PageQuery, pageOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { ADAPTER_SORTS, AdapterFilterSchema } from "../browser/adapter-query.ts";
import { found } from "../found.ts";
import { AdapterSchema, CreateAdapter } from "../schema.ts";
import { listAdapters } from "./adapter-list-store.ts";
import { getAdapter } from "./adapter-store.ts";
import { createAdapter } from "./create-adapter.ts";

const TenantParams = z.object({ tenantId: idOf("ten") });
const AdapterParams = z.object({ adapterId: idOf("adp") });

export const adapterRoutes = [
  route(
    "GET /adapters",
    {
      summary: "List adapters with their routes and newest versions",
      action: "tenant.read",
      query: PageQuery.extend({ ...AdapterFilterSchema.shape, sort: z.enum(ADAPTER_SORTS).optional() }),
      /** `total` = how many match, on whatever page. */
      ok: pageOf(AdapterSchema).extend({ total: z.number().int() }),
    },
    ({ ctx, query }) => listAdapters(ctx.tx, query),
  ),
  route(
    "POST /tenants/{tenantId}/adapters",
    {
      summary: "Add an adapter to a tenant",
      action: "tenant.write",
      params: TenantParams,
      body: CreateAdapter,
      ok: AdapterSchema,
      status: 201,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => createAdapter(ctx, { ...body, tenantId: params.tenantId }),
  ),
  route(
    "GET /adapters/{adapterId}",
    {
      summary: "Read an adapter",
      action: "tenant.read",
      params: AdapterParams,
      ok: AdapterSchema,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => found("adapter", await getAdapter(ctx.tx, params.adapterId)),
  ),
] as const;
