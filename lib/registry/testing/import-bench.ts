import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { jobHandlers } from "#lib/api/job-handlers.ts";
import { runJobsOnce } from "#lib/jobs/run-jobs.ts";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { EditRow, ImportDetail, ImportRow } from "../browser/import-schema.ts";
import type { Version } from "../schema.ts";
import { BASE, type Folder, withFile, withKey, withoutFile } from "./adapter-folder.ts";
import { createIntakeBench, type IntakeBench } from "./intake-bench.ts";

/** Folders on the server's disk, imports of them, and a worker for their jobs. */
export type ImportBench = IntakeBench & {
  /** Writes folders of adapters below a new folder of the pool's. @returns its path */
  folders(name: string, adapters: Readonly<Record<string, Folder>>): Promise<string>;
  importOf(path: string): Promise<ImportDetail>;
  check(importId: string): Promise<ImportDetail>;
  run(importId: string): Promise<ImportDetail>;
  rows(importId: string): Promise<ImportRow[]>;
  /** @throws Error when the import has no row of that tenant */
  rowOf(importId: string, tenantSlug: string): Promise<ImportRow>;
  edit(importId: string, row: Pick<ImportRow, "id" | "generation">, change: EditRow): Promise<ImportRow>;
  /** Tenants, adapters and versions there are. */
  countAll(): Promise<{ tenants: number; adapters: number; versions: number }>;
  /** Works on every open job. */
  work(): Promise<void>;
};

/** A small adapter that fits the pool; equal seeds give equal bytes. */
export const tinyAdapter = (seed: string, rank = 16): Folder =>
  writeSeededAdapter({
    seed,
    baseModel: BASE.baseModel,
    baseConfig: BASE.configJson,
    rank,
    alpha: 32,
    targetModules: ["q_proj"],
  }).files;

/** Adapters broken in three ways, by what is wrong. */
export const BROKEN = {
  rank: (seed: string): Folder => tinyAdapter(seed, 32),
  base: (seed: string): Folder =>
    withKey(tinyAdapter(seed), "adapter_config.json", "base_model_name_or_path", "switchyard/tiny-llama-instruct"),
  weights: (seed: string): Folder => withoutFile(tinyAdapter(seed), "adapter_model.safetensors"),
};

/** An adapter with what its trainer left beside it: files and a whole checkpoint. */
export const trainedAdapter = (seed: string): Folder =>
  ["optimizer.pt", "training_args.bin", "checkpoint-10/adapter_model.bin"].reduce(
    (folder, path) => withFile(folder, path, "x"),
    tinyAdapter(seed),
  );
/** What of that a version holds, and what its report names as left out. */
export const WITHOUT_LEFTOVERS = {
  files: ["adapter_config.json", "adapter_model.safetensors"],
  ignored: "optimizer.pt, training_args.bin, checkpoint-10/",
};
export const takenIn = ({ files, checkReport }: Version): typeof WITHOUT_LEFTOVERS => ({
  files: files.map(({ path }) => path).sort(),
  ignored: checkReport?.findings.find(({ code }) => code === "file_ignored")?.evidence[0]?.value ?? "",
});

export async function writeFolder(path: string, folder: Folder): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true });
  for (const [name, bytes] of folder) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), bytes);
  }
}

export async function createImportBench(): Promise<ImportBench> {
  const bench = await createIntakeBench();
  const { admin } = bench.api;
  const work = () => runJobsOnce(bench.api.deps, jobHandlers);
  const rows = async (importId: string) =>
    (await admin.call("GET /imports/{importId}/rows", { params: { importId }, query: { limit: 200 } })).items;
  const read = (importId: string) => admin.call("GET /imports/{importId}", { params: { importId } });
  return {
    ...bench,
    work,
    async folders(name, adapters) {
      const path = join(bench.imports, name);
      for (const [folder, files] of Object.entries(adapters)) await writeFolder(join(path, folder), files);
      return path;
    },
    importOf: (path) =>
      admin.call("POST /imports", { body: { kind: "directory", poolId: bench.poolId, source: { path } } }),
    async check(importId) {
      await admin.call("POST /imports/{importId}/check", { params: { importId }, body: {} });
      await work();
      return read(importId);
    },
    async run(importId) {
      await admin.call("POST /imports/{importId}/run", { params: { importId } });
      await work();
      return read(importId);
    },
    rows,
    async rowOf(importId, tenantSlug) {
      const row = (await rows(importId)).find((each) => each.tenantSlug === tenantSlug);
      if (row === undefined) throw new Error(`no row of ${tenantSlug}`);
      return row;
    },
    edit: (importId, { id: rowId, generation }, body) =>
      admin.call("PATCH /imports/{importId}/rows/{rowId}", { params: { importId, rowId }, generation, body }),
    countAll: () =>
      bench.api.deps.db.read(platformScope, async ({ client }) => ({
        tenants: await client.tenant.count(),
        adapters: await client.adapter.count(),
        versions: await client.adapterVersion.count(),
      })),
  };
}
