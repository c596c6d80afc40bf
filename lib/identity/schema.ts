import * as z from "zod";
import { IsoTime, idOf } from "#lib/http/schema.ts";

export const STAFF_ROLES = ["platform_admin", "operator", "auditor"] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];
export const TENANT_ROLES = ["tenant_admin", "tenant_viewer"] as const;
export type TenantRole = (typeof TENANT_ROLES)[number];

/** What a key may do. Platform keys carry the first group, a tenant's keys the second. */
export const PLATFORM_KEY_SCOPES = [
  "platform:admin",
  "platform:operate",
  "platform:read",
  "gateway:trusted",
  "metrics:read",
] as const;
export const TENANT_KEY_SCOPES = ["tenant:admin", "tenant:read", "inference"] as const;
/** Of a node's own key, which is made for the node and never asked for by scope. */
export const NODE_KEY_SCOPE = "artifacts:read";
export const KEY_SCOPES = [...PLATFORM_KEY_SCOPES, ...TENANT_KEY_SCOPES] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

export const ApiKeySchema = z.object({
  id: idOf("key"),
  tenantId: z.string().nullable(),
  name: z.string(),
  /** First characters, enough to recognise it; the rest is shown once. */
  prefix: z.string(),
  scopes: z.array(z.string()),
  createdAt: IsoTime,
  expiresAt: IsoTime.nullable(),
  revokedAt: IsoTime.nullable(),
  lastUsedAt: IsoTime.nullable(),
});
export type ApiKey = z.infer<typeof ApiKeySchema>;

export const CreateApiKey = z.strictObject({
  name: z.string().trim().min(1).max(80),
  scopes: z.array(z.enum(KEY_SCOPES)).min(1),
  expiresInDays: z.number().int().min(1).max(730).nullable().default(null),
});
/** The only answer that ever holds the whole key. */
export const CreatedApiKey = ApiKeySchema.extend({ key: z.string() });

export const MeSchema = z.object({
  kind: z.enum(["user", "key", "system"]),
  name: z.string(),
  email: z.string().nullable(),
  staffRole: z.enum(STAFF_ROLES).nullable(),
  memberships: z.array(
    z.object({ tenantId: z.string(), tenantSlug: z.string(), tenantName: z.string(), role: z.enum(TENANT_ROLES) }),
  ),
});
export type Me = z.infer<typeof MeSchema>;

export const AuditEntrySchema = z.object({
  id: idOf("aud"),
  chain: z.string(),
  seq: z.number().int(),
  at: IsoTime,
  tenantId: z.string().nullable(),
  actor: z.object({ kind: z.string(), id: z.string(), label: z.string() }),
  action: z.string(),
  objectType: z.string(),
  objectId: z.string(),
  reason: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  requestId: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntrySchema>;

/** What was done to a chain, told from its rows and its head. */
const AUDIT_PROBLEM_KINDS = [
  "altered",
  "missing",
  "repeated",
  "reordered",
  "broken_link",
  "truncated",
  "surplus",
  "forged",
  "head_missing",
] as const;
const AuditProblemSchema = z.object({
  kind: z.enum(AUDIT_PROBLEM_KINDS),
  /** Number of the entry that is wrong or missing. */
  seq: z.number().int(),
  entryId: z.string().nullable(),
  message: z.string(),
});
export type AuditProblem = z.infer<typeof AuditProblemSchema>;

export const AuditVerificationSchema = z.object({
  chain: z.string(),
  ok: z.boolean(),
  /** Entries that hold, from the first on. */
  checked: z.number().int(),
  problem: AuditProblemSchema.nullable(),
});
export type AuditVerification = z.infer<typeof AuditVerificationSchema>;

export const UserSchema = z.object({
  id: idOf("usr"),
  email: z.string(),
  name: z.string(),
  staffRole: z.enum(STAFF_ROLES).nullable(),
  createdAt: IsoTime,
  disabledAt: IsoTime.nullable(),
  memberships: z.array(z.object({ tenantId: z.string(), role: z.enum(TENANT_ROLES) })),
});
export type User = z.infer<typeof UserSchema>;

/** A person with a first password; staff have a staff role, customers a membership. */
export const CreateUser = z.strictObject({
  email: z.string().trim().toLowerCase().max(254).pipe(z.email()),
  name: z.string().trim().min(1).max(80),
  password: z.string().min(12).max(200),
  staffRole: z.enum(STAFF_ROLES).nullable().default(null),
  membership: z
    .strictObject({ tenantId: z.string(), role: z.enum(TENANT_ROLES) })
    .nullable()
    .default(null),
});
