import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiError } from "#lib/api/client.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import type { Problem } from "#lib/http/schema.ts";
import { systemRead } from "#lib/identity/ctx.ts";
import type { Adapter, Tenant, Version } from "../schema.ts";
import { getVersionForNode, type LoadableVersion } from "../versions/get-version-for-node.ts";
import { addAdapter, addPool } from "./register.ts";
import { unlockStore } from "./unlock-store.ts";

/** The real API over a store of its own, with one pool whose adapter directory is `imports`. */
export type IntakeBench = {
  api: TestApi;
  poolId: string;
  /** A folder the server may import from. */
  imports: string;
  /** A new tenant with one adapter. */
  freshAdapter(): Promise<{ tenant: Tenant; adapter: Adapter }>;
  /** Version ids whose bytes are on their way. */
  incoming(): Promise<string[]>;
  /** Actions of the audit trail on an object, newest first. */
  actionsOn(objectId: string): Promise<string[]>;
  loadable(versionId: string): Promise<LoadableVersion | null>;
  close(): Promise<void>;
};

export async function createIntakeBench(): Promise<IntakeBench> {
  const api = await createTestApi();
  const { adapterStore } = api.deps;
  const imports = await mkdtemp(join(tmpdir(), "switchyard-imports-"));
  const { id: poolId } = await addPool(api.admin, "pool", imports);
  let tenants = 0;
  return {
    api,
    poolId,
    imports,
    freshAdapter: () => {
      tenants += 1;
      return addAdapter(api.admin, `tenant-${tenants}`, poolId);
    },
    incoming: () => readdir(join(adapterStore, ".incoming")).catch(() => []),
    actionsOn: async (objectId) =>
      (await api.admin.call("GET /audit", { query: { objectId } })).items.map(({ action }) => action),
    loadable: (versionId) => systemRead(api.deps, "test", (ctx) => getVersionForNode(ctx.tx, versionId)),
    close: async () => {
      await unlockStore(adapterStore);
      await rm(imports, { recursive: true });
      await api.close();
    },
  };
}

/** The problem that the API answers with. @throws Error when it does not refuse */
export async function problemOf(call: Promise<unknown>): Promise<Problem> {
  const error = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw new Error("expected the API to refuse");
  return error.problem;
}

const findingsOf = (version: Version) => version.checkReport?.findings ?? [];

/** Code and field of every finding that rejects a version. */
export const errorsOf = (version: Version) =>
  findingsOf(version)
    .filter(({ severity }) => severity === "error")
    .map(({ code, field }) => [code, field]);

export const codesOf = (version: Version) => findingsOf(version).map(({ code }) => code);
