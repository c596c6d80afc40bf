import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Database, Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { loraNameOf, manifestDigest, storePathOf } from "#lib/registry/artifacts/store-layout.ts";
import { BASE_MODEL } from "#lib/testbed/fake-node.ts";
import { poolSettings } from "#lib/testbed/serving-store.ts";

/** A version with files that can be verified; `path` is what a node lists for it. */
export type BenchVersion = { id: string; tenantId: string; loraName: string; path: string };

/** Small, so that hashing does not dominate: a real adapter of 42 MB costs about 26 ms of one core more. */
const WEIGHT_BYTES = 64 * 1024;

const inCatalog = <T>(db: Database, work: (client: Tx["client"]) => Promise<T>): Promise<T> =>
  db.write(platformScope, ({ client }) => work(client));

/** One tenant, adapter and ready version each, with their files in the store. */
export async function addVersions(db: Database, store: string, count: number) {
  const poolId = newId("pool");
  const pool = { ...poolSettings({ slug: "bench" }), baseModel: BASE_MODEL, adapterDirectory: store };
  await inCatalog(db, (client) => client.pool.create({ data: { id: poolId, ...pool } }));
  const versions: BenchVersion[] = [];
  for (let index = 0; index < count; index += 1) versions.push(await addVersion(db, store, poolId, index));
  return { poolId, versions };
}

async function addVersion(db: Database, store: string, poolId: string, index: number): Promise<BenchVersion> {
  const [tenantId, adapterId, versionId] = [newId("tenant"), newId("adapter"), newId("version")];
  const contents: [string, Buffer][] = [
    ["adapter_config.json", Buffer.from(`{"r":16,"lora_alpha":32,"n":${index}}`)],
    ["adapter_model.safetensors", Buffer.alloc(WEIGHT_BYTES, index)],
  ];
  const files = contents.map(([path, bytes]) => ({
    ...{ path, sizeBytes: bytes.byteLength, sha256: createHash("sha256").update(bytes).digest("hex") },
  }));
  const slug = `t${index}`;
  const names = { tenantSlug: slug, adapterSlug: "bot", number: 1, digest: manifestDigest(files) };
  const [loraName, storePath] = [loraNameOf(names), storePathOf(names)];
  await mkdir(join(store, storePath), { recursive: true });
  for (const [path, bytes] of contents) await writeFile(join(store, storePath, path), bytes);
  await inCatalog(db, async (client) => {
    await client.tenant.create({ data: { id: tenantId, slug, name: slug } });
    await client.adapter.create({ data: { id: adapterId, tenantId, poolId, slug: "bot", name: "Bot" } });
    const version = { id: versionId, tenantId, adapterId, number: 1, state: "ready" as const };
    const stored = { digest: names.digest, loraName, storePath, origin: {}, targetModules: [] };
    await client.adapterVersion.create({ data: { ...version, ...stored } });
    const rows = files.map((file) => ({ id: newId("file"), tenantId, versionId, ...file }));
    await client.versionFile.createMany({ data: rows });
  });
  return { id: versionId, tenantId, loraName, path: join(store, storePath) };
}

export const holderOf = (version: BenchVersion) => `stage:${version.id}` as const;

/** A node that was seen before, with versions that are wanted there, loaded and proven. */
export async function addNode(
  db: Database,
  node: { poolId: string; name: string; baseUrl: string; processStartedAt: Date },
  loaded: readonly BenchVersion[],
): Promise<string> {
  const nodeId = newId("node");
  const rows = loaded.map((version) => ({
    version,
    of: { tenantId: version.tenantId },
    placementId: newId("placement"),
  }));
  const seen = { epoch: 1, engineVersion: "0.32.0", simulated: true };
  await inCatalog(db, async (client) => {
    await client.node.create({ data: { id: nodeId, ...node, ...seen } });
    await client.placement.createMany({
      data: rows.map(({ placementId, of, version }) => ({ ...of, id: placementId, nodeId, versionId: version.id })),
    });
    await client.hold.createMany({
      data: rows.map(({ placementId, of, version }) => ({
        ...{ ...of, placementId, holder: holderOf(version), reason: "Benchmark." },
      })),
    });
    await client.registration.createMany({
      data: rows.map(({ of, version: { id, loraName } }) => ({
        ...{ ...of, id: newId("registration"), nodeId, loraName, versionId: id, epoch: 1, state: "routable" as const },
      })),
    });
  });
  return nodeId;
}

/** How far the fleet is from what is wanted: placements that are not routable, and ones that should be gone. */
export const countUnsettled = (db: Database): Promise<number> =>
  countRows(
    db,
    `FROM "Placement" WHERE ("desire" = 'absent' AND "unloadedAt" IS NULL)
      OR ("desire" = 'present' AND "condition"->>'status' IS DISTINCT FROM 'true')`,
  );

/** Versions that were unloaded and whose files a request might still make a node read. */
export const countTombstones = (db: Database): Promise<number> =>
  countRows(db, `FROM "Placement" WHERE "unloadedAt" IS NOT NULL`);

async function countRows(db: Database, from: string): Promise<number> {
  const count = `SELECT count(*)::int AS "count" ${from}`;
  const [row] = await db.read(platformScope, ({ client }) => client.$queryRawUnsafe<{ count: number }[]>(count));
  return row?.count ?? 0;
}

/** What is proven on each node in its present epoch, as those see it who route. */
export type Proven = { id: string; epoch: number; routable: number };
export const readProven = (db: Database): Promise<Proven[]> =>
  db.read(
    platformScope,
    ({ client }) => client.$queryRaw<Proven[]>`
      SELECT n."id", n."epoch",
        count(r."id") FILTER (WHERE r."state" = 'routable' AND r."epoch" = n."epoch")::int AS "routable"
      FROM "Node" n LEFT JOIN "Registration" r ON r."nodeId" = n."id" GROUP BY n."id"`,
  );

/** Rows inserted, updated and deleted since the database was made, by table. Backends report theirs when they end. */
export async function readWrites(db: Database): Promise<Map<string, number>> {
  const rows = await db.read(
    platformScope,
    ({ client }) => client.$queryRaw<{ name: string; writes: number }[]>`
      SELECT relname AS "name", (n_tup_ins + n_tup_upd + n_tup_del)::int AS "writes" FROM pg_stat_user_tables`,
  );
  return new Map(rows.map(({ name, writes }) => [name, writes]));
}
