import * as z from "zod";
import { IsoTime } from "#lib/http/schema.ts";
import { TENANT_STATUSES } from "../schema.ts";

/** What off-boarding does, in order; several may be at work at once. */
export const OFFBOARDING_STEPS = ["traffic", "work", "keys", "placements", "residency", "export", "artifacts"] as const;
export type OffboardingStepName = (typeof OFFBOARDING_STEPS)[number];

/** waiting: not begun, or for what its message says. skipped: left as it is, which its message says; it may still end. */
export const OFFBOARDING_STATES = ["waiting", "running", "done", "skipped", "failed"] as const;
export type OffboardingState = (typeof OFFBOARDING_STATES)[number];

export const OffboardingStepSchema = z.object({
  step: z.enum(OFFBOARDING_STEPS),
  state: z.enum(OFFBOARDING_STATES),
  message: z.string(),
  /** What was removed, where and when. */
  record: z.record(z.string(), z.unknown()),
  startedAt: IsoTime.nullable(),
  finishedAt: IsoTime.nullable(),
});
export type OffboardingStep = z.infer<typeof OffboardingStepSchema>;

/** A node in whose memory a tenant's weights may lie, or may stay after they are unloaded. */
export const ResidueNodeSchema = z.object({
  nodeId: z.string(),
  nodeName: z.string(),
  epoch: z.number().int(),
  loraNames: z.array(z.string()),
  tier: z.enum(["gpu", "cpu", "absent", "unknown"]),
  message: z.string(),
});
export type ResidueNode = z.infer<typeof ResidueNodeSchema>;

/** What off-boarding a tenant would take away. */
export const OffboardingPreviewSchema = z.object({
  adapters: z.number().int(),
  versions: z.number().int(),
  /** Of these, how many are live. */
  live: z.number().int(),
  bytes: z.number().int(),
  directories: z.number().int(),
  keys: z.number().int(),
  people: z.number().int(),
  placements: z.array(
    z.object({ nodeId: z.string(), nodeName: z.string(), reachable: z.boolean(), versions: z.number().int() }),
  ),
  openRuns: z.number().int(),
  openCutovers: z.number().int(),
  requestsLastHour: z.number().int(),
  /** Only a restart surely clears them. */
  residue: z.array(ResidueNodeSchema),
});
export type OffboardingPreview = z.infer<typeof OffboardingPreviewSchema>;

export const OffboardingSchema = z.object({
  tenantId: z.string(),
  slug: z.string(),
  name: z.string(),
  status: z.enum(TENANT_STATUSES),
  /** null once it has begun. */
  preview: OffboardingPreviewSchema.nullable(),
  /** In order; [] before it has begun. */
  steps: z.array(OffboardingStepSchema),
  restartNodes: z.boolean(),
  startedBy: z.string().nullable(),
  startedAt: IsoTime.nullable(),
  archivedAt: IsoTime.nullable(),
  hasExport: z.boolean(),
});
export type Offboarding = z.infer<typeof OffboardingSchema>;

export const StartOffboarding = z.strictObject({
  /** The tenant's slug, exactly. */
  confirm: z.string().max(80),
  /** Restarts the nodes whose memory may keep weights, one at a time, by their pools' restart step. */
  restartNodes: z.boolean().default(false),
});
export type StartOffboarding = z.output<typeof StartOffboarding>;

/** What the export says of itself; the document is made for people and auditors, and may gain keys. */
export const OffboardingExportSchema = z.object({
  format: z.literal("switchyard-tenant-export-1"),
  exportedAt: IsoTime,
  /** SHA-256 of the document as it was stored. */
  sha256: z.string(),
  document: z.record(z.string(), z.unknown()),
  offboarding: z.array(OffboardingStepSchema),
});
