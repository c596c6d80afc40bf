import * as z from "zod";
import { IsoTime, idOf } from "#lib/http/schema.ts";
import { VERSION_ALIASES, VERSION_STATUSES } from "../schema.ts";

/** One fact of both versions, as text; null = it is not there. */
export const DiffRowSchema = z.object({
  key: z.string(),
  a: z.string().nullable(),
  b: z.string().nullable(),
  same: z.boolean(),
});
export type DiffRow = z.infer<typeof DiffRowSchema>;

const FileSide = z.object({ sizeBytes: z.number().int(), sha256: z.string().nullable() });
export const FILE_CHANGES = ["equal", "changed", "only_a", "only_b", "unknown"] as const;
export const FileDiffSchema = z.object({
  path: z.string(),
  /** `unknown` = one of them has not arrived. */
  change: z.enum(FILE_CHANGES),
  a: FileSide.nullable(),
  b: FileSide.nullable(),
});
export type FileDiff = z.infer<typeof FileDiffSchema>;

const ModuleNorm = z.object({
  /** Frobenius norms of the two matrices. */
  normA: z.number(),
  normB: z.number(),
  /** scale × ‖A‖ × ‖B‖: no update of this module is larger. null = the scale is not known. */
  bound: z.number().nullable(),
});
export const ModuleDiffSchema = z.object({
  path: z.string(),
  /** null = it stands outside the layers. */
  layer: z.number().int().nullable(),
  module: z.string(),
  a: ModuleNorm.nullable(),
  b: ModuleNorm.nullable(),
  /** Bound of b over bound of a; null where either is missing or a's is zero. */
  ratio: z.number().nullable(),
});
export type ModuleDiff = z.infer<typeof ModuleDiffSchema>;

const SideSchema = z.object({
  id: idOf("ver"),
  adapterId: idOf("adp"),
  tenantSlug: z.string(),
  adapterSlug: z.string(),
  number: z.number().int(),
  status: z.enum(VERSION_STATUSES),
  aliases: z.array(z.enum(VERSION_ALIASES)),
  digest: z.string().nullable(),
  createdAt: IsoTime,
  /** alpha ÷ r, or alpha ÷ √r with rsLoRA: what the update is multiplied with. */
  scale: z.number().nullable(),
  hasNorms: z.boolean(),
});

/** What differs between two versions of one tenant. */
export const VersionDiffSchema = z.object({
  a: SideSchema,
  b: SideSchema,
  /** Byte for byte the same files; null = one of them is not whole. */
  identical: z.boolean().nullable(),
  /** What the catalog knows: base, checksums, rank and the like. */
  facts: z.array(DiffRowSchema),
  /** The keys of adapter_config.json; null = the file of one of them cannot be read. */
  config: z.array(DiffRowSchema).nullable(),
  files: z.array(FileDiffSchema),
  /** Paths of modules; null = not known of one of them. */
  modules: z.object({ added: z.array(z.string()), removed: z.array(z.string()), kept: z.number().int() }).nullable(),
  /** Dtype, shape and number of tensors by module and matrix; null = the file of one of them cannot be read. */
  tensors: z.array(DiffRowSchema).nullable(),
  /** Of every module that either has norms of, the most changed first. */
  norms: z.array(ModuleDiffSchema),
});
export type VersionDiff = z.infer<typeof VersionDiffSchema>;
