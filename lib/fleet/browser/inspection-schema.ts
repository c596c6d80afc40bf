import * as z from "zod";
import { IsoTime, idOf } from "#lib/http/schema.ts";
import { VersionSchema } from "#lib/registry/schema.ts";
import { NodeLimitsSchema, OnboardingFindingSchema } from "../schema.ts";

/** Wire shapes of inspecting a node before and after it is added, and of taking over what runs on it. */
export const InspectNode = z.strictObject({
  baseUrl: z.string().trim().min(1).max(300),
  apiKey: z.string().trim().min(1).max(500).optional(),
  /** What the node is compared with; without it the reply proposes a pool. */
  poolId: idOf("pool").optional(),
});
export type InspectNode = z.output<typeof InspectNode>;

/** engine = the node says so; proposal = our suggestion; ask = nobody but the operator knows. */
export const PROPOSAL_SOURCES = ["engine", "proposal", "ask"] as const;
const proposed = <T extends z.ZodType>(value: T) =>
  z.object({ value: value.nullable(), source: z.enum(PROPOSAL_SOURCES), note: z.string() });

/** The fields of CreatePool, as far as a running node lets them be known. */
export const PoolProposalSchema = z.object({
  slug: proposed(z.string()),
  name: proposed(z.string()),
  baseModel: proposed(z.string()),
  baseRevision: proposed(z.string()),
  /** The base model's own files never travel over vLLM's API. */
  files: proposed(z.null()),
  dtype: proposed(z.string()),
  maxModelLen: proposed(z.number().int()),
  maxLoras: proposed(z.number().int()),
  maxLoraRank: proposed(z.number().int()),
  maxCpuLoras: proposed(z.number().int()),
  gpuMemoryUtilization: proposed(z.number()),
  adapterDirectory: proposed(z.string()),
  fallback: proposed(z.string()),
  maxBatchWaitMs: proposed(z.number().int()),
});
export type PoolProposal = z.infer<typeof PoolProposalSchema>;

export const InspectionSchema = z.object({
  version: z.string().nullable(),
  simulated: z.boolean(),
  findings: z.array(OnboardingFindingSchema),
  /** null without a pool: what the engine does not show would have to be made up. */
  limits: NodeLimitsSchema.nullable(),
  baseModels: z.array(
    z.object({ id: z.string(), root: z.string().nullable(), maxModelLen: z.number().int().nullable() }),
  ),
  /** Adapters that are loaded there already. */
  unmanagedAdapters: z.array(z.object({ loraName: z.string(), root: z.string().nullable() })),
  /** null with a pool. */
  proposal: PoolProposalSchema.nullable(),
});

/** The latest inspection of a node; its engine's known faults are matched at the moment of reading. */
export const NodeReportSchema = z.object({
  findings: z.array(OnboardingFindingSchema),
  limits: NodeLimitsSchema.nullable(),
  /** null = never inspected. */
  at: IsoTime.nullable(),
});
export type NodeReport = z.infer<typeof NodeReportSchema>;

/** A name that a node lists and nobody here asked for, with what stands between it and a version. */
export const UnmanagedAdapterSchema = z.object({
  loraName: z.string(),
  /** Where the node loaded it from; null = it does not say. */
  root: z.string().nullable(),
  /** The same folder as Switchyard sees it; null = it cannot be read from here, `note` says why. */
  path: z.string().nullable(),
  /** Checks that adopting it would fail; empty with a path = it can be adopted. null = not checked. */
  failures: z.array(z.object({ code: z.string(), message: z.string(), fix: z.string().nullable() })).nullable(),
  note: z.string(),
});
export type UnmanagedAdapter = z.infer<typeof UnmanagedAdapterSchema>;
export const UnmanagedAdaptersSchema = z.object({ items: z.array(UnmanagedAdapterSchema), asOf: IsoTime });

export const AdoptUnmanagedAdapter = z.strictObject({
  loraName: z.string().min(1).max(500),
  /** The adapter that gets it as a new version; of the node's pool. */
  adapterId: idOf("adp"),
});
export type AdoptUnmanagedAdapter = z.output<typeof AdoptUnmanagedAdapter>;

export const AdoptedSchema = z.object({
  version: VersionSchema,
  /** Wanted on the pool's serving nodes from now on; false when the checks rejected it. */
  held: z.boolean(),
  /** What happens next, in sentences. */
  message: z.string(),
});
