import { basename, join } from "node:path";
import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx, ReadCatalog } from "#lib/identity/ctx.ts";
import { invalidField } from "#lib/platform/errors.ts";
import { getPool } from "#lib/pools/store.ts";
import { STORED_FILE_NAMES } from "../browser/file-set.ts";
import { hasErrors } from "../browser/finding.ts";
import type { BrowserRow, CreateImport, ImportDetail } from "../browser/import-schema.ts";
import { listSourceFolders } from "../sources/list-source-folders.ts";
import { detailOf } from "./get-import.ts";
import { type ImportSourceInput, insertImport, type NewRow } from "./import-store.ts";
import { readOwners } from "./known-names-store.ts";
import { listFolders, requireSome } from "./list-folders.ts";
import { namesFrom, type ProposedNames, proposeNames } from "./propose-names.ts";
import { readSheet, type SheetRow } from "./read-sheet.ts";
import { requireImport } from "./view-import.ts";

/** What an import would be made of, read before its transaction. */
export type FoundRows =
  | { kind: "directory"; path: string; folders: string[] }
  | { kind: "bucket"; sourceId: string; path: string; folders: string[] }
  | { kind: "csv"; rows: SheetRow[] }
  | { kind: "browser"; rows: readonly BrowserRow[] };

/** Reads the folder or the table that an import is made from. @throws AppError `invalid` naming what cannot be used */
export async function findRows(read: ReadCatalog, input: CreateImport): Promise<FoundRows> {
  switch (input.kind) {
    case "directory": {
      const roots = await read(async (ctx) => {
        const pool = await requirePool(ctx, input.poolId);
        return { all: [pool.adapterDirectory, ctx.deps.adapterStore], adapterStore: ctx.deps.adapterStore };
      });
      return { kind: "directory", ...(await listFolders(input.source.path, roots.all, roots.adapterStore)) };
    }
    case "bucket": {
      const folders = await listSourceFolders(read, input.source);
      requireSome(folders);
      return { kind: "bucket", ...input.source, folders };
    }
    case "csv":
      return { kind: "csv", rows: readSheet(input.source.text) };
    case "browser":
      return { kind: "browser", rows: input.rows };
  }
}

async function requirePool(ctx: Ctx, poolId: string) {
  const pool = await getPool(ctx.tx, poolId);
  if (pool === null)
    throw invalidField("poolId", "unknown_pool", "There is no such pool.", "Take an id from the list of pools.");
  return pool;
}

/** Opens an import: a draft with a row for each folder, which stays until it is done or discarded. */
export async function createImport(ctx: Ctx, input: CreateImport, found: FoundRows): Promise<ImportDetail> {
  const pool = await requirePool(ctx, input.poolId);
  const proposed = await proposeRows(ctx, input, found);
  const record = await insertImport(ctx.tx, {
    name: input.name ?? nameOf(found, pool.name),
    poolId: pool.id,
    kind: input.kind,
    source: sourceOf(found),
    createdBy: actorLabel(ctx.actor),
    rows: proposed,
  });
  await audit(ctx, {
    action: "import.create",
    object: { type: "import", id: record.id },
    tenantId: null,
    after: { name: record.name, poolId: pool.id, kind: input.kind, source: record.source, rows: proposed.length },
  });
  return detailOf(ctx, await requireImport(ctx, record.id));
}

const sourceOf = (found: FoundRows): ImportSourceInput => {
  if (found.kind === "directory") return { path: found.path };
  return found.kind === "bucket" ? { sourceId: found.sourceId, prefix: found.path } : {};
};

const nameOf = (found: FoundRows, poolName: string): string => {
  switch (found.kind) {
    case "directory":
      return basename(found.path).slice(0, 80) || "Folder";
    case "bucket":
      return basename(found.path).slice(0, 80) || `Bucket for ${poolName}`.slice(0, 80);
    case "csv":
      return `Table for ${poolName}`.slice(0, 80);
    case "browser":
      return `Folders for ${poolName}`.slice(0, 80);
  }
};

type Draft = {
  names: ProposedNames;
  location: string;
  isAdapterNamed: boolean;
  isNameGiven: boolean;
  scan: BrowserRow | null;
};

function draftsOf(input: CreateImport, found: FoundRows): Draft[] {
  const ofFolder = (folder: string, index: number): Omit<Draft, "location" | "scan"> => ({
    names: proposeNames(folder, input.adapterName, index + 1),
    isAdapterNamed: folder.indexOf("--", 1) !== -1,
    isNameGiven: false,
  });
  switch (found.kind) {
    case "directory":
      return found.folders.map((folder, index) => ({
        ...ofFolder(folder, index),
        location: join(found.path, folder),
        scan: null,
      }));
    case "bucket":
      return found.folders.map((folder, index) => ({
        ...ofFolder(folder, index),
        location: join(found.path, folder),
        scan: null,
      }));
    case "browser":
      return found.rows.map((row, index) => ({ ...ofFolder(row.folder, index), location: row.folder, scan: row }));
    case "csv":
      return found.rows.map((row, index) => ({
        names: namesFrom(row, input.adapterName, index + 1),
        isAdapterNamed: row.adapter !== null,
        isNameGiven: row.name !== null,
        location: row.path,
        scan: null,
      }));
  }
}

/** Names what each folder would become; a tenant that is there lends its name, and its adapter where none is named. */
async function proposeRows(ctx: Ctx, input: CreateImport, found: FoundRows): Promise<NewRow[]> {
  const drafts = draftsOf(input, found);
  const owners = await readOwners(
    ctx.tx,
    drafts.map(({ names }) => names.tenantSlug),
  );
  return drafts.map(({ names, location, isAdapterNamed, isNameGiven, scan }, index): NewRow => {
    const tenant = owners.tenants.find(({ slug }) => slug === names.tenantSlug) ?? null;
    const own = owners.adapters.filter(({ tenantId, poolId }) => tenantId === tenant?.id && poolId === input.poolId);
    const usual = isAdapterNamed
      ? undefined
      : (own.find(({ isDefault }) => isDefault) ?? (own.length === 1 ? own[0] : undefined));
    const adapterSlug = usual?.slug ?? names.adapterSlug;
    const known = owners.adapters.find(({ tenantId, slug }) => tenantId === tenant?.id && slug === adapterSlug) ?? null;
    return {
      position: index + 1,
      tenantSlug: names.tenantSlug,
      tenantName: isNameGiven ? names.tenantName : (tenant?.name ?? names.tenantName),
      adapterSlug,
      adapterName: known?.name ?? names.adapterName,
      location,
      isGuess: names.isGuess,
      ...scanFields(scan),
      facts: { seenTenantId: tenant?.id ?? null, seenAdapterId: known?.id ?? null, artifact: scan?.artifact ?? null },
    };
  });
}

/** What a browser saw is taken as it is said: the server checks the bytes again when they arrive. */
export const scanFields = (scan: Pick<BrowserRow, "files" | "findings"> | null) =>
  scan === null
    ? { state: "unchecked" as const }
    : {
        state: hasErrors(scan.findings) ? ("invalid" as const) : ("valid" as const),
        files: scan.files.filter(({ path }) => STORED_FILE_NAMES.includes(path)),
        findings: scan.findings,
      };
