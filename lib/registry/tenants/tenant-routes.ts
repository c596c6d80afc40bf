import * as z from "zod";
import { idOf, PageQuery, pageOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { found } from "../found.ts";
import { CreateTenant, TENANT_STATUSES, TenantSchema, UpdateTenant } from "../schema.ts";
import { createTenant } from "./create-tenant.ts";
import { getTenant, listTenants } from "./tenant-store.ts";
import { updateTenant } from "./update-tenant.ts";

const TenantParams = z.object({ tenantId: idOf("ten") });
const Search = z.string().trim().max(80).optional();

export const tenantRoutes = [
  route(
    "GET /tenants",
    {
      summary: "List tenants",
      description: "Without a status filter, returns all tenants except archived ones.",
      action: "tenant.read",
      query: PageQuery.extend({ q: Search, status: z.enum(TENANT_STATUSES).optional() }),
      ok: pageOf(TenantSchema),
    },
    ({ ctx, query }) => listTenants(ctx.tx, query),
  ),
  route(
    "POST /tenants",
    {
      summary: "Add a tenant",
      action: "tenant.write",
      body: CreateTenant,
      ok: TenantSchema,
      status: 201,
      errors: ["conflict"],
    },
    ({ ctx, body }) => createTenant(ctx, body),
  ),
  route(
    "GET /tenants/{tenantId}",
    { summary: "Read a tenant", action: "tenant.read", params: TenantParams, ok: TenantSchema, errors: ["not_found"] },
    async ({ ctx, params }) => found("tenant", await getTenant(ctx.tx, params.tenantId)),
  ),
  route(
    "PATCH /tenants/{tenantId}",
    {
      summary: "Change or suspend a tenant",
      action: "tenant.write",
      params: TenantParams,
      body: UpdateTenant,
      ok: TenantSchema,
      ifMatch: true,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      updateTenant(ctx, { tenantId: params.tenantId, expectedGeneration, change: body }),
  ),
] as const;
