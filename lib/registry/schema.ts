import * as z from "zod";
import { IsoTime, idOf, Slug } from "#lib/http/schema.ts";
import { FALLBACK_POLICIES } from "#lib/pools/schema.ts";

/** offboarding: being taken away step by step; archived: over, nothing of it serves or is stored any more. */
export const TENANT_STATUSES = ["active", "suspended", "offboarding", "archived"] as const;
export type TenantStatus = (typeof TENANT_STATUSES)[number];

/** `quarantined`: the stored bytes no longer match their digest, or someone withdrew it; never loaded again. */
export const VERSION_STATES = ["draft", "checking", "ready", "rejected", "quarantined", "retired", "deleted"] as const;
export type VersionState = (typeof VERSION_STATES)[number];

/** What a screen says of a version: its state, or more exactly what a ready one is used for. */
export const VERSION_STATUSES = ["live", "staged", "rolled_back", ...VERSION_STATES] as const;
export type VersionStatus = (typeof VERSION_STATUSES)[number];

/** Names that move between an adapter's versions. A quarantined version may still be live: what serves goes on. */
export const VERSION_ALIASES = ["live", "candidate", "previous"] as const;
export type VersionAlias = (typeof VERSION_ALIASES)[number];

/** `error` rejects the version; `warning` works but needs a look; `note` says what was not or could not be checked. */
export const FINDING_SEVERITIES = ["error", "warning", "note", "pass"] as const;
export type FindingSeverity = (typeof FINDING_SEVERITIES)[number];

/** One answer of the registration check. `code` is stable; `field` names the file, key or tensor it is about. */
export const FindingSchema = z.object({
  code: z.string(),
  severity: z.enum(FINDING_SEVERITIES),
  title: z.string(),
  message: z.string(),
  /** What to do about it; null where nothing needs doing. */
  fix: z.string().nullable(),
  field: z.string().nullable(),
  /** The facts behind it, such as found and expected values. */
  evidence: z.array(z.object({ label: z.string(), value: z.string() })),
});
export type Finding = z.infer<typeof FindingSchema>;

export const CheckReportSchema = z.object({ findings: z.array(FindingSchema), checkedAt: IsoTime });
export type CheckReport = z.infer<typeof CheckReportSchema>;

export const TenantSchema = z.object({
  id: idOf("ten"),
  slug: z.string(),
  name: z.string(),
  status: z.enum(TENANT_STATUSES),
  fallback: z.enum(FALLBACK_POLICIES),
  /** Its keys may also ask for the base model by name. */
  allowBaseModel: z.boolean(),
  /** Its share of a busy pool beside the others'. */
  weight: z.number().int(),
  /** Requests in flight; null = no limit, as for the next two. */
  maxConcurrent: z.number().int().nullable(),
  requestsPerMinute: z.number().int().nullable(),
  /** Tokens in and out. */
  tokensPerMinute: z.number().int().nullable(),
  /** Of one request: its prompt, and the most it may produce. */
  tokensPerRequest: z.number().int().nullable(),
  /** Where the policy `hosted_provider` sends its requests; null = the pool's. */
  hostedEndpointId: z.string().nullable(),
  generation: z.number().int(),
  createdAt: IsoTime,
  adapterCount: z.number().int(),
});
export type Tenant = z.infer<typeof TenantSchema>;

const Weight = z.number().int().min(1).max(100);
const MaxConcurrent = z.number().int().min(1).max(100_000).nullable();
const RequestsPerMinute = z.number().int().min(1).max(10_000_000).nullable();
/** As large as the catalog's numbers go. */
const Tokens = z.number().int().min(1).max(2_000_000_000).nullable();

export const CreateTenant = z.strictObject({
  slug: Slug,
  name: z.string().trim().min(1).max(80),
  fallback: z.enum(FALLBACK_POLICIES).default("base_model"),
  allowBaseModel: z.boolean().default(false),
  weight: Weight.default(1),
  maxConcurrent: MaxConcurrent.default(null),
  requestsPerMinute: RequestsPerMinute.default(null),
  tokensPerMinute: Tokens.default(null),
  tokensPerRequest: Tokens.default(null),
  hostedEndpointId: idOf("end").nullable().default(null),
});
export type CreateTenant = z.output<typeof CreateTenant>;

export const UpdateTenant = z.strictObject({
  name: z.string().trim().min(1).max(80).optional(),
  fallback: z.enum(FALLBACK_POLICIES).optional(),
  allowBaseModel: z.boolean().optional(),
  weight: Weight.optional(),
  maxConcurrent: MaxConcurrent.optional(),
  requestsPerMinute: RequestsPerMinute.optional(),
  tokensPerMinute: Tokens.optional(),
  tokensPerRequest: Tokens.optional(),
  hostedEndpointId: idOf("end").nullable().optional(),
  /** The other two are reached by off-boarding. */
  status: z.enum(["active", "suspended"]).optional(),
});
export type UpdateTenant = z.output<typeof UpdateTenant>;

/** The live pointer of an adapter. */
export const RouteSchema = z.object({
  id: idOf("rte"),
  liveVersionId: z.string().nullable(),
  liveVersionNumber: z.number().int().nullable(),
  previousVersionId: z.string().nullable(),
  previousVersionNumber: z.number().int().nullable(),
  liveSince: IsoTime.nullable(),
  /** The customer's present endpoint: it answers while nothing is live. null = none */
  originEndpointId: z.string().nullable(),
  /** Until when it is kept as the way back; null = nothing is live, or there is none. */
  originUntil: IsoTime.nullable(),
  /** When somebody said that it was switched off. */
  originEndedAt: IsoTime.nullable(),
  /** A version that gets a share of the conversations. */
  candidateVersionId: z.string().nullable(),
  candidateVersionNumber: z.number().int().nullable(),
  /** Percent. */
  weightPercent: z.number().int(),
  /** A version that gets a copy of a share of the requests; its replies are thrown away. */
  mirrorVersionId: z.string().nullable(),
  mirrorVersionNumber: z.number().int().nullable(),
  /** Percent. */
  mirrorPercent: z.number().int(),
  /** Of the route, not of the adapter: what If-Match names when the route is changed. */
  generation: z.number().int(),
});
export type AdapterRoute = z.infer<typeof RouteSchema>;

export const AdapterSchema = z.object({
  id: idOf("adp"),
  tenantId: idOf("ten"),
  tenantSlug: z.string(),
  tenantName: z.string(),
  poolId: idOf("pool"),
  /** The public model name callers send. */
  slug: z.string(),
  name: z.string(),
  /** Answers requests of its tenant that name no adapter. */
  isDefault: z.boolean(),
  generation: z.number().int(),
  createdAt: IsoTime,
  /** Those that are not deleted. */
  versionCount: z.number().int(),
  route: RouteSchema,
  liveRank: z.number().int().nullable(),
  /** Of the live version: `live`, or `quarantined` while what was loaded before goes on serving. */
  liveStatus: z.enum(VERSION_STATUSES).nullable(),
  /** The youngest version that is not deleted; null = it has none. */
  newestVersion: z
    .object({
      id: idOf("ver"),
      number: z.number().int(),
      status: z.enum(VERSION_STATUSES),
      rank: z.number().int().nullable(),
      sizeBytes: z.number().int(),
      createdAt: IsoTime,
    })
    .nullable(),
});
export type Adapter = z.infer<typeof AdapterSchema>;

export const CreateAdapter = z.strictObject({
  slug: Slug,
  name: z.string().trim().min(1).max(80),
  poolId: idOf("pool"),
  /** Left out: true for a tenant's first adapter. */
  isDefault: z.boolean().optional(),
});
export type CreateAdapter = z.output<typeof CreateAdapter>;

export const VersionFileSchema = z.object({
  path: z.string(),
  sizeBytes: z.number().int(),
  receivedBytes: z.number().int(),
  sha256: z.string().nullable(),
  /** What the manifest promised; null where it promised nothing. */
  expectedSha256: z.string().nullable(),
  /** When bytes of it last arrived. */
  receivedAt: IsoTime.nullable(),
});
export type VersionFile = z.infer<typeof VersionFileSchema>;

/** Who made a version, when and from where. */
export const OriginSchema = z.object({
  by: z.string(),
  at: IsoTime,
  /** "upload", or the path it was read from. */
  source: z.string(),
  note: z.string().nullable(),
});
export type Origin = z.infer<typeof OriginSchema>;

/** The rollback that took a version out of service; it holds until the version goes live again. */
export const RollbackSchema = z.object({
  at: IsoTime,
  by: z.string(),
  /** null = no reason was given. */
  reason: z.string().nullable(),
  cutoverId: idOf("cut"),
});
export type Rollback = z.infer<typeof RollbackSchema>;

export const VersionSchema = z.object({
  id: idOf("ver"),
  tenantId: idOf("ten"),
  tenantSlug: z.string(),
  tenantName: z.string(),
  adapterId: idOf("adp"),
  adapterSlug: z.string(),
  number: z.number().int(),
  state: z.enum(VERSION_STATES),
  status: z.enum(VERSION_STATUSES),
  aliases: z.array(z.enum(VERSION_ALIASES)),
  /** Why it is in its state, where that needs saying, such as what was wrong with quarantined bytes. */
  stateReason: z.string().nullable(),
  /** null where nobody wrote it down. */
  stateChangedAt: IsoTime.nullable(),
  /** null = it was not rolled back since it last went live. */
  rollback: RollbackSchema.nullable(),
  /** When the stored bytes were last read whole and found right. */
  verifiedAt: IsoTime.nullable(),
  /** SHA-256 over the manifest of all files; null until the checks have run. */
  digest: z.string().nullable(),
  /** What a node knows it by; null unless it passed its checks. */
  loraName: z.string().nullable(),
  sizeBytes: z.number().int(),
  rank: z.number().int().nullable(),
  alpha: z.number().nullable(),
  rsLora: z.boolean().nullable(),
  targetModules: z.array(z.string()),
  dtype: z.string().nullable(),
  tensorCount: z.number().int().nullable(),
  baseModel: z.string().nullable(),
  architectureChecksum: z.string().nullable(),
  tokenizerChecksum: z.string().nullable(),
  chatTemplateChecksum: z.string().nullable(),
  /** Tokens. */
  sequenceLimit: z.number().int().nullable(),
  checkReport: CheckReportSchema.nullable(),
  origin: OriginSchema,
  files: z.array(VersionFileSchema),
  /** When a draft is given up unless more of it arrives; null for everything else. */
  expiresAt: IsoTime.nullable(),
  generation: z.number().int(),
  createdAt: IsoTime,
});
export type Version = z.infer<typeof VersionSchema>;

const OriginInput = z.strictObject({
  note: z.string().trim().max(500).optional(),
  source: z.string().trim().max(500).optional(),
});

/** Weights and everything else together; a rank-512 adapter of a 70B model stays below it. */
export const MAX_VERSION_BYTES = 16 * 1024 ** 3;

const ManifestFile = z.strictObject({
  path: z.string().min(1).max(200),
  sizeBytes: z.number().int().min(1).max(MAX_VERSION_BYTES),
  /** SHA-256 in hex: what arrives must have it, and bytes that this tenant stores already need not be sent again. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});

/** The manifest of a draft: every file that will follow, with its exact size. */
export const CreateVersion = z.strictObject({
  files: z.array(ManifestFile).min(1).max(32),
  origin: OriginInput.optional(),
});
export type CreateVersion = z.output<typeof CreateVersion>;

export const ImportVersion = z.strictObject({
  /** Absolute path of a folder the server can read, below the pool's adapter directory or the adapter store. */
  path: z.string().min(1).max(1000),
  origin: OriginInput.optional(),
});
export type ImportVersion = z.output<typeof ImportVersion>;
