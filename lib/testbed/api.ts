import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApp } from "#lib/api/app.ts";
import { type Client, createClient } from "#lib/api/client.ts";
import { bootstrapAdmin } from "#lib/identity/bootstrap.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { buildBenchDeps } from "./deps.ts";
import type { BenchPostgres } from "./postgres.ts";

/** Who signs in to a console over it. */
export const BENCH_ADMIN = { email: "admin@example.com", password: "correct horse battery" };
const KEY = "bench-admin-key-0123456789-0123456789-0123456789";

/** The product's API over an empty catalog and store, in this process and without a web server around it. */
export type BenchApi = {
  deps: Deps;
  /** Acts as platform admin. */
  admin: Client;
  adminKey: string;
  fetch(request: Request): Response | Promise<Response>;
  close(): Promise<void>;
};

/** @param url a catalog that is there already; without it a fresh one */
export async function openBenchApi(postgres: BenchPostgres, url?: string): Promise<BenchApi> {
  const catalog = url ?? (await postgres.freshUrl());
  const store = await mkdtemp(join(tmpdir(), "switchyard-bench-registry-"));
  const deps = buildBenchDeps(postgres.open(catalog), store);
  const app = createApp(deps, async () => null);
  await bootstrapAdmin(deps, { ...BENCH_ADMIN, apiKey: KEY });
  const fetch = (request: Request) => app.fetch(request);
  return {
    deps,
    admin: createClient({
      baseUrl: "http://localhost",
      apiKey: KEY,
      fetch: async (input, init) => fetch(new Request(input, init)),
    }),
    adminKey: KEY,
    fetch,
    async close() {
      await deps.outbound.close();
      await deps.db.close();
      for (const entry of await readdir(store, { recursive: true, withFileTypes: true }))
        if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755); // published ones are read-only
      await rm(store, { recursive: true, force: true });
    },
  };
}
