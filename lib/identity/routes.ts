import * as z from "zod";
import { PageQuery, pageOf } from "#lib/http/schema.ts";
import { notFound } from "#lib/platform/errors.ts";
import { actorLabel } from "./actor.ts";
import { PLATFORM_CHAIN } from "./audit.ts";
import { createApiKey, revokeApiKey } from "./manage-keys.ts";
import { addUser } from "./manage-users.ts";
import { route } from "./route.ts";
import {
  ApiKeySchema,
  AuditEntrySchema,
  AuditVerificationSchema,
  CreateApiKey,
  CreatedApiKey,
  CreateUser,
  MeSchema,
  UserSchema,
} from "./schema.ts";
import { listAuditEntries, listKeys, listUsers, tenantNames } from "./store.ts";
import { verifyStoredChain } from "./verify-stored-chain.ts";

const TenantParams = z.object({ tenantId: z.string() });

export const identityRoutes = [
  route("GET /me", { summary: "Read the caller's account", action: "signed_in", ok: MeSchema }, async ({ ctx }) => {
    const { actor } = ctx;
    const memberships = actor.kind === "user" ? actor.memberships : [];
    const names = await tenantNames(
      ctx.tx,
      memberships.map((membership) => membership.tenantId),
    );
    return {
      kind: actor.kind,
      name: actor.kind === "user" ? actor.name : actorLabel(actor),
      email: actor.kind === "user" ? actor.email : null,
      staffRole: actor.kind === "user" ? actor.staffRole : null,
      memberships: memberships.flatMap(({ tenantId, role }) => {
        const tenant = names.find((name) => name.id === tenantId);
        return tenant ? [{ tenantId, role, tenantSlug: tenant.slug, tenantName: tenant.name }] : [];
      }),
    };
  }),
  route(
    "GET /users",
    {
      summary: "List people",
      action: "access.read",
      query: PageQuery.extend({ tenantId: z.string().optional() }),
      ok: pageOf(UserSchema),
    },
    ({ ctx, query }) => listUsers(ctx.tx, query),
  ),
  route(
    "POST /users",
    {
      summary: "Add a person with a first password",
      action: "access.manage",
      body: CreateUser,
      ok: UserSchema,
      status: 201,
      errors: ["conflict", "not_found"],
    },
    ({ ctx, body }) => addUser(ctx, body),
  ),
  route(
    "GET /keys",
    { summary: "List platform API keys", action: "key.read", query: PageQuery, ok: pageOf(ApiKeySchema) },
    ({ ctx, query }) => listKeys(ctx.tx, { ...query, tenantId: null }),
  ),
  route(
    "POST /keys",
    {
      summary: "Create a platform API key",
      action: "access.manage",
      body: CreateApiKey,
      ok: CreatedApiKey,
      secretReply: true,
      status: 201,
    },
    ({ ctx, body }) => createApiKey(ctx, { ...body, tenantId: null }),
  ),
  route(
    "GET /tenants/{tenantId}/keys",
    {
      summary: "List a tenant's API keys",
      action: "key.read",
      params: TenantParams,
      query: PageQuery,
      ok: pageOf(ApiKeySchema),
      errors: ["not_found"],
    },
    async ({ ctx, params, query }) => {
      if ((await tenantNames(ctx.tx, [params.tenantId])).length === 0) throw notFound("tenant");
      return listKeys(ctx.tx, { ...query, tenantId: params.tenantId });
    },
  ),
  route(
    "POST /tenants/{tenantId}/keys",
    {
      summary: "Create a tenant's API key",
      action: "key.manage",
      params: TenantParams,
      body: CreateApiKey,
      ok: CreatedApiKey,
      secretReply: true,
      status: 201,
      errors: ["not_found"],
    },
    ({ ctx, params, body }) => createApiKey(ctx, { ...body, tenantId: params.tenantId }),
  ),
  route(
    "POST /keys/{keyId}/revoke",
    {
      summary: "Revoke an API key immediately",
      action: "key.manage",
      params: z.object({ keyId: z.string() }),
      ok: ApiKeySchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => revokeApiKey(ctx, params),
  ),
  route(
    "GET /audit",
    {
      summary: "List audit entries, newest first",
      action: "audit.read",
      query: PageQuery.extend({
        tenantId: z.string().optional(),
        objectId: z.string().optional(),
        action: z.string().max(60).optional(),
      }),
      ok: pageOf(AuditEntrySchema),
    },
    ({ ctx, query }) => listAuditEntries(ctx.tx, query),
  ),
  route(
    "GET /audit/verify",
    {
      summary: "Verify a chain of the audit trail, entry by entry",
      description: "Reports entries that were altered, removed, reordered or added manually since they were written.",
      action: "audit.read",
      query: z.object({ chain: z.string().max(64).default(PLATFORM_CHAIN).describe("A tenant's id, or platform") }),
      ok: AuditVerificationSchema,
      errors: ["not_found"],
    },
    ({ ctx, query }) => verifyStoredChain(ctx, query.chain),
  ),
] as const;
