import * as z from "zod";
import { idOf, PageQuery, pageOf } from "#lib/http/schema.ts";
import { route, routeWithPrepare } from "#lib/identity/route.ts";
import { notFound } from "#lib/platform/errors.ts";
import { checkDraft, completeVersion } from "./complete-version.ts";
import { createAdapter } from "./create-adapter.ts";
import { createDraft } from "./create-draft.ts";
import { createTenant } from "./create-tenant.ts";
import { importArtifact, recordImport } from "./import-version.ts";
import { receiveVersionFile, recordVersionFile } from "./receive-file.ts";
import { retireVersion } from "./retire-version.ts";
import {
  AdapterSchema,
  CreateAdapter,
  CreateTenant,
  CreateVersion,
  ImportVersion,
  MAX_VERSION_BYTES,
  TENANT_STATUSES,
  TenantSchema,
  UpdateTenant,
  VERSION_STATES,
  VersionFileSchema,
  VersionSchema,
} from "./schema.ts";
import { getAdapter, getTenant, getVersion, listAdapters, listTenants, listVersions } from "./store.ts";
import { updateTenant } from "./update-tenant.ts";

const TenantParams = z.object({ tenantId: idOf("ten") });
const AdapterParams = z.object({ adapterId: idOf("adp") });
const VersionParams = z.object({ versionId: idOf("ver") });
const Search = z.string().trim().max(80).optional();

const tenantRoutes = [
  route(
    "GET /tenants",
    {
      summary: "List tenants",
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
      errors: ["not_found"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      updateTenant(ctx, { tenantId: params.tenantId, expectedGeneration, change: body }),
  ),
] as const;

const adapterRoutes = [
  route(
    "GET /adapters",
    {
      summary: "List adapters with their routes",
      action: "tenant.read",
      query: PageQuery.extend({ tenantId: idOf("ten").optional(), poolId: idOf("pool").optional(), q: Search }),
      ok: pageOf(AdapterSchema),
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

const versionRoutes = [
  route(
    "GET /versions",
    {
      summary: "List versions",
      action: "tenant.read",
      query: PageQuery.extend({
        adapterId: idOf("adp").optional(),
        tenantId: idOf("ten").optional(),
        state: z.enum(VERSION_STATES).optional(),
      }),
      ok: pageOf(VersionSchema),
    },
    ({ ctx, query }) => listVersions(ctx.tx, query),
  ),
  route(
    "GET /versions/{versionId}",
    {
      summary: "Read a version",
      action: "tenant.read",
      params: VersionParams,
      ok: VersionSchema,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => found("version", await getVersion(ctx.tx, params.versionId)),
  ),
  route(
    "POST /versions/{versionId}/retire",
    {
      summary: "Take a version out of use",
      action: "version.write",
      params: VersionParams,
      ok: VersionSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params }) => retireVersion(ctx, params.versionId),
  ),
] as const;

const intakeRoutes = [
  route(
    "POST /adapters/{adapterId}/versions",
    {
      summary: "Open a version with the list of its files",
      description: "Then send each file with PUT, and finish with complete.",
      action: "version.write",
      params: AdapterParams,
      body: CreateVersion,
      ok: VersionSchema,
      status: 201,
      errors: ["not_found"],
    },
    ({ ctx, params, body }) => createDraft(ctx, { ...body, adapterId: params.adapterId }),
  ),
  routeWithPrepare(
    "PUT /versions/{versionId}/files/{fileName}",
    {
      summary: "Send one file of a draft",
      description: "The raw bytes as the body. Sending a file again replaces it.",
      action: "version.write",
      params: VersionParams.extend({ fileName: z.string().max(200) }),
      streamMaxBytes: MAX_VERSION_BYTES,
      ok: VersionFileSchema,
      errors: ["not_found", "conflict", "unavailable"],
    },
    ({ request, params, read }) => receiveVersionFile(read, { ...params, request }),
    ({ ctx, prepared }) => recordVersionFile(ctx, prepared),
  ),
  routeWithPrepare(
    "POST /versions/{versionId}/complete",
    {
      summary: "Check a draft whose files have all arrived",
      description: "Answers the version as ready or rejected, with every finding.",
      action: "version.write",
      params: VersionParams,
      ok: VersionSchema,
      errors: ["not_found", "conflict", "unavailable"],
    },
    ({ params, read }) => checkDraft(read, params.versionId),
    ({ ctx, params, prepared }) => completeVersion(ctx, { versionId: params.versionId, settled: prepared }),
  ),
  routeWithPrepare(
    "POST /adapters/{adapterId}/versions/from-path",
    {
      summary: "Add a version from a folder the server can read",
      description: "Answers the version as ready or rejected, with every finding.",
      action: "version.write",
      params: AdapterParams,
      body: ImportVersion,
      ok: VersionSchema,
      status: 201,
      errors: ["not_found", "unavailable"],
    },
    ({ params, body, read }) => importArtifact(read, { ...body, adapterId: params.adapterId }),
    ({ ctx, params, body, prepared }) =>
      recordImport(ctx, { adapterId: params.adapterId, origin: body.origin, imported: prepared }),
  ),
] as const;

export const registryRoutes = [...tenantRoutes, ...adapterRoutes, ...versionRoutes, ...intakeRoutes] as const;

function found<T>(what: string, value: T | null): T {
  if (value === null) throw notFound(what);
  return value;
}
