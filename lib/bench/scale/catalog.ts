import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Database, Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { loraNameOf, storePathOf } from "#lib/registry/artifacts/store-layout.ts";
import { BASE_MODEL } from "#lib/testbed/fake-node.ts";
import { idAt } from "../registry/many-adapters.ts";

/** Tenants with two adapters of five versions each, the newest live on two nodes; pools of twenty nodes. */
export type Size = { tenants: number; nodes: number };
const POOLS = 10;
const SLUGS = ["support", "orders"] as const;
const VERSIONS_EACH = 5;
/** Rows an insert. */
const BATCH = 1_000;
const UP_FOR_MS = 3_600_000;

export type LiveVersion = { versionId: string; adapterId: string; tenantId: string; loraName: string; nodes: number[] };

/** The same two nodes on which `seedTelemetry` counts a tenant's requests; both are of one pool. */
const nodesOf = (tenant: number, { nodes }: Size): number[] =>
  [0, 1].map((replica) => (tenant * 7 + replica * 50) % nodes);

type PlannedVersion = { id: string; number: number; digest: string; loraName: string; storePath: string };
type PlannedAdapter = { id: string; tenant: number; slug: string; versions: PlannedVersion[] };

/** @returns adapters by number, their versions newest first: a tenant's own number is that of its first adapter, too */
export function planAdapters(size: Size): PlannedAdapter[] {
  const count = size.tenants * SLUGS.length;
  return Array.from({ length: count }, (_, index) => {
    const tenant = index % size.tenants;
    const slug = SLUGS[Math.floor(index / size.tenants)] ?? "";
    const versions = Array.from({ length: VERSIONS_EACH }, (_, age): PlannedVersion => {
      const number = VERSIONS_EACH - age;
      const digest = createHash("sha256").update(`${index}/${number}`).digest("hex");
      const names = { tenantSlug: `tenant-${tenant}`, adapterSlug: slug, number, digest };
      return {
        ...{ id: idAt("ver", index + age * count), number, digest },
        ...{ loraName: loraNameOf(names), storePath: storePathOf(names) },
      };
    });
    return { id: idAt("adp", index), tenant, slug, versions };
  });
}

/** What each node lists when the fleet starts: names with their paths. */
export function loadedByNode(adapters: readonly PlannedAdapter[], size: Size, store: string): [string, string][][] {
  const loaded: [string, string][][] = Array.from({ length: size.nodes }, () => []);
  for (const { tenant, versions } of adapters)
    for (const node of nodesOf(tenant, size))
      for (const { loraName, storePath } of versions.slice(0, 1))
        loaded[node]?.push([loraName, join(store, storePath)]);
  return loaded;
}

/** Fills the catalog with a fleet as it is once everything is live and proven. @param urls of nodes, by number */
export async function fillFleet(
  db: Database,
  adapters: readonly PlannedAdapter[],
  size: Size,
  { store, urls }: { store: string; urls: readonly string[] },
): Promise<LiveVersion[]> {
  const live = adapters.flatMap(({ id, tenant, versions }): LiveVersion[] =>
    versions.slice(0, 1).map((version) => ({
      ...{ versionId: version.id, adapterId: id, tenantId: idAt("ten", tenant), loraName: version.loraName },
      nodes: nodesOf(tenant, size),
    })),
  );
  const tenants = Array.from({ length: size.tenants }, (_, index) => ({
    ...{ id: idAt("ten", index), slug: `tenant-${index}`, name: `Tenant ${index}` },
  }));
  const versionRows = adapters.flatMap(({ id, tenant, versions }) =>
    versions.map((version, age) => ({
      ...{ ...version, adapterId: id, tenantId: idAt("ten", tenant), targetModules: ["q_proj", "v_proj"] },
      ...{ state: age < 2 ? ("ready" as const) : ("retired" as const), sizeBytes: 42_000_000n, rank: 16, alpha: 32 },
      origin: { by: "bench", at: new Date().toISOString(), source: "upload", note: null },
    })),
  );
  const placements = live.flatMap((version) =>
    version.nodes.map((node) => ({ ...version, id: newId("placement"), nodeId: idAt("node", node) })),
  );
  await inBatches(db, poolRows(store), (client, data) => client.pool.createMany({ data }));
  await inBatches(db, nodeRows(urls), (client, data) => client.node.createMany({ data }));
  await inBatches(db, tenants, (client, data) => client.tenant.createMany({ data }));
  await inBatches(db, adapters, (client, rows) =>
    client.adapter.createMany({ data: rows.map((adapter) => adapterRow(adapter, size)) }),
  );
  await inBatches(db, versionRows, (client, data) => client.adapterVersion.createMany({ data }));
  await inBatches(db, adapters, (client, rows) => client.route.createMany({ data: rows.map(routeRow) }));
  await inBatches(db, placements, async (client, rows) => {
    await client.placement.createMany({
      data: rows.map(({ id, tenantId, versionId, nodeId }) => ({ id, tenantId, versionId, nodeId })),
    });
    await client.hold.createMany({
      data: rows.map(({ id, tenantId, adapterId }) => ({
        ...{ placementId: id, tenantId, holder: `route:${adapterId}`, reason: "Its live version." },
      })),
    });
    await client.registration.createMany({
      data: rows.map(({ tenantId, versionId, nodeId, loraName }) => ({
        ...{ id: newId("registration"), nodeId, loraName, tenantId, versionId, epoch: 1, state: "routable" as const },
      })),
    });
  });
  return live;
}

async function inBatches<Row>(
  db: Database,
  rows: readonly Row[],
  insert: (client: Tx["client"], batch: Row[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < rows.length; from += BATCH)
    await db.write(platformScope, ({ client }) => insert(client, rows.slice(from, from + BATCH)));
}

const poolRows = (store: string) =>
  Array.from({ length: POOLS }, (_, index) => ({
    ...{ id: idAt("pool", index), slug: `pool-${index}`, name: `Pool ${index}`, baseModel: BASE_MODEL, baseConfig: {} },
    ...{ dtype: "bfloat16", architectureChecksum: "a", tokenizerChecksum: "t", maxModelLen: 8192 },
    ...{ maxLoras: 12, maxLoraRank: 16, maxCpuLoras: 64, gpuMemoryUtilization: 0.9, replicas: 2 },
    adapterDirectory: store,
  }));

const nodeRows = (urls: readonly string[]) =>
  urls.map((baseUrl, index) => ({
    ...{ id: idAt("node", index), poolId: idAt("pool", index % POOLS), name: `node-${index}`, baseUrl, epoch: 1 },
    ...{ processStartedAt: new Date(Date.now() - UP_FOR_MS), lastSeenAt: new Date(), engineVersion: "0.32.0" },
    simulated: true,
  }));

const adapterRow = ({ id, tenant, slug }: PlannedAdapter, size: Size) => {
  const [first = 0, second = 0] = nodesOf(tenant, size);
  return {
    ...{ id, tenantId: idAt("ten", tenant), poolId: idAt("pool", first % POOLS), slug, name: slug },
    ...{ isDefault: slug === SLUGS[0], pinnedNodeIds: [idAt("node", first), idAt("node", second)] },
  };
};

const routeRow = ({ id, tenant, versions }: PlannedAdapter) => ({
  ...{ id: newId("route"), tenantId: idAt("ten", tenant), adapterId: id, liveSince: new Date() },
  ...{ liveVersionId: versions[0]?.id ?? null, previousVersionId: versions[1]?.id ?? null },
});
