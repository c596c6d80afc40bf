import * as z from "zod";
import { IsoTime, idOf, PageQuery, Slug } from "#lib/http/schema.ts";
import { FINDING_SEVERITIES, FindingSchema } from "../schema.ts";
import { CHECK_GROUPS } from "./finding-codes.ts";
import { Prefix } from "./source-schema.ts";

/** Where the folders of an import stand: dropped into a page, on the server, on the server as a table lists them. */
export const IMPORT_KINDS = ["browser", "directory", "csv", "bucket"] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** `importing`: a job brings its rows in at this moment. `completed`: nothing is left to bring in. */
export const IMPORT_STATES = ["open", "importing", "completed", "discarded"] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

/** `valid`: would be imported now. `invalid`: something must be mended first. `failed`: tried, and may be tried again. */
export const ROW_STATES = [
  "unchecked",
  "checking",
  "invalid",
  "valid",
  "importing",
  "imported",
  "failed",
  "skipped",
] as const;
export type RowState = (typeof ROW_STATES)[number];

/** The most rows of one import. */
export const IMPORT_ROWS_MAX = 1000;

const Name = z.string().trim().min(1).max(80);

/** What the checks learned about the bytes of a row. */
export const RowArtifactSchema = z.object({
  sizeBytes: z.number().int(),
  rank: z.number().int().nullable(),
  alpha: z.number().nullable(),
  dtype: z.string().nullable(),
  baseModel: z.string().nullable(),
  /** null where only a browser has seen the files. */
  digest: z.string().nullable(),
});
export type RowArtifact = z.infer<typeof RowArtifactSchema>;

export const ImportSchema = z.object({
  id: idOf("imp"),
  name: z.string(),
  poolId: idOf("pool"),
  poolName: z.string(),
  kind: z.enum(IMPORT_KINDS),
  /** The folder or bucket it was read from; null where there is none. */
  source: z.string().nullable(),
  state: z.enum(IMPORT_STATES),
  /** The job that checked or imported last. */
  jobId: z.string().nullable(),
  /** That job still runs. */
  isBusy: z.boolean(),
  rowCount: z.number().int(),
  importedCount: z.number().int(),
  skippedCount: z.number().int(),
  createdBy: z.string(),
  generation: z.number().int(),
  createdAt: IsoTime,
  updatedAt: IsoTime,
});
export type Import = z.infer<typeof ImportSchema>;

/** An import with what it would bring, and what came of it so far. */
export const ImportDetailSchema = ImportSchema.extend({
  counts: z.record(z.enum(ROW_STATES), z.number().int()),
  /** What an import started now would bring in: its valid rows, and those that failed before. */
  ready: z.object({
    rows: z.number().int(),
    bytes: z.number().int(),
    newTenants: z.number().int(),
    newAdapters: z.number().int(),
    /** Names that were made from ones that are no slugs, and that nobody looked at yet. */
    guessed: z.number().int(),
  }),
  /** The pool as it would be then. */
  poolAfter: z.object({
    tenants: z.number().int(),
    adapters: z.number().int(),
    maxLoras: z.number().int(),
    maxCpuLoras: z.number().int(),
    /** ceil(1.2 × tenants): the size of the CPU cache that the rule asks for. */
    cpuCacheNeeded: z.number().int(),
  }),
  /** Versions that came of its rows and wait to be staged. */
  versionIds: z.array(z.string()),
  /** How many are staged or live. */
  stagedCount: z.number().int(),
});
export type ImportDetail = z.infer<typeof ImportDetailSchema>;

export const ImportRowSchema = z.object({
  id: idOf("row"),
  position: z.number().int(),
  tenantSlug: z.string(),
  tenantName: z.string(),
  adapterSlug: z.string(),
  adapterName: z.string(),
  /** The folder, as seen from the import's source. */
  location: z.string(),
  state: z.enum(ROW_STATES),
  /** The tenant and the adapter it would add a version to; null = would be made. */
  tenantId: z.string().nullable(),
  adapterId: z.string().nullable(),
  /** The worst finding of each group; null = not checked. */
  cells: z.record(z.enum(CHECK_GROUPS), z.enum(FINDING_SEVERITIES).nullable()),
  /** Everything the checks said, the worst first; lists carry errors and warnings only. */
  findings: z.array(FindingSchema),
  artifact: RowArtifactSchema.nullable(),
  /** What happened to it last, where that needs saying. */
  message: z.string().nullable(),
  versionId: z.string().nullable(),
  generation: z.number().int(),
});
export type ImportRow = z.infer<typeof ImportRowSchema>;

/** Rows a person asks for: what still needs work, what an import would bring in, what is done. */
export const ROW_FILTERS = ["needs_work", "ready", "imported"] as const;
export type RowFilter = (typeof ROW_FILTERS)[number];

export const RowListQuery = PageQuery.extend({ filter: z.enum(ROW_FILTERS).optional() });
export const ImportListQuery = PageQuery.extend({ state: z.enum(IMPORT_STATES).optional() });

const BrowserFile = z.strictObject({ path: z.string().min(1).max(200), sizeBytes: z.number().int().min(0) });
/** What a browser found in one folder: its files, and what the checks that run there said. */
const BrowserScan = {
  files: z.array(BrowserFile).max(64),
  findings: z.array(FindingSchema).max(100),
  artifact: RowArtifactSchema.nullable(),
};

const shared = {
  /** Left out: from where the folders stand. */
  name: Name.optional(),
  poolId: idOf("pool"),
  /** The adapter of a folder that names only its tenant. */
  adapterName: Name.default("Assistant"),
};

export const CreateImport = z.discriminatedUnion("kind", [
  z.strictObject({
    ...shared,
    kind: z.literal("directory"),
    /** Absolute path of a folder of folders, at or below the pool's adapter directory or the adapter store. */
    source: z.strictObject({ path: z.string().min(1).max(1000) }),
  }),
  z.strictObject({
    ...shared,
    kind: z.literal("csv"),
    /** Columns tenant and path, and where wanted name and adapter. */
    source: z.strictObject({ text: z.string().min(1).max(1_500_000) }),
  }),
  z.strictObject({
    ...shared,
    kind: z.literal("bucket"),
    /** A folder of folders below the source's prefix; "" = right there. */
    source: z.strictObject({ sourceId: idOf("src"), path: Prefix.default("") }),
  }),
  z.strictObject({
    ...shared,
    kind: z.literal("browser"),
    rows: z
      .array(z.strictObject({ folder: z.string().min(1).max(255), ...BrowserScan }))
      .min(1)
      .max(IMPORT_ROWS_MAX),
  }),
]);
export type CreateImport = z.output<typeof CreateImport>;
export type BrowserRow = Extract<CreateImport, { kind: "browser" }>["rows"][number];

export const EditRow = z.strictObject({
  tenantSlug: Slug.optional(),
  tenantName: Name.optional(),
  adapterSlug: Slug.optional(),
  adapterName: Name.optional(),
  /** Only in an import from a table: another folder. */
  location: z.string().trim().min(1).max(1000).optional(),
  /** Left out of the import until it is taken up again. */
  skip: z.boolean().optional(),
  /** Only in an import from a browser: the folder was scanned again. */
  look: z.strictObject(BrowserScan).optional(),
});
export type EditRow = z.output<typeof EditRow>;

export const CheckRows = z.strictObject({
  /** Left out: every row that is not imported or skipped. */
  rowIds: z.array(idOf("row")).min(1).max(IMPORT_ROWS_MAX).optional(),
});
