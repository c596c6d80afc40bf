import type { Condition } from "#lib/http/schema.ts";
import type { Database, Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";

/** Rows for tests of rooms that only read the catalog. No product code seeds this way. */
const inCatalog = <T>(db: Database, work: (client: Tx["client"]) => Promise<T>): Promise<T> =>
  db.write(platformScope, ({ client }) => work(client));

export async function seedPool(db: Database, change: { fallback?: "base_model" | "reject"; baseModel?: string } = {}) {
  const id = newId("pool");
  await inCatalog(db, (client) =>
    client.pool.create({
      data: {
        id,
        slug: id.slice(-20),
        name: "Pool",
        baseModel: "tiny-llama",
        baseConfig: {},
        architectureChecksum: "a",
        tokenizerChecksum: "t",
        dtype: "bfloat16",
        maxModelLen: 8192,
        maxLoras: 12,
        maxLoraRank: 16,
        maxCpuLoras: 48,
        gpuMemoryUtilization: 0.9,
        adapterDirectory: "/adapters",
        ...change,
      },
    }),
  );
  return id;
}

type NodeSeed = {
  poolId: string;
  name: string;
  baseUrl: string;
  seenAt: Date;
  standalone?: boolean;
  cordoned?: boolean;
};

/** A node that the fleet polled just now. */
export async function seedNode(db: Database, node: NodeSeed) {
  const id = newId("node");
  const { seenAt, ...data } = node;
  const condition = (type: string): Condition => ({
    type,
    status: "true",
    reason: "ok",
    message: "",
    lastTransitionTime: seenAt.toISOString(),
  });
  const conditions = ["Reachable", "EngineHealthy", "BaseModelMatches"].map(condition);
  await inCatalog(db, (client) =>
    client.node.create({ data: { id, ...data, epoch: 1, simulated: true, lastSeenAt: seenAt, conditions } }),
  );
  return id;
}

export async function seedTenant(
  db: Database,
  tenant: {
    slug: string;
    status?: "active" | "suspended";
    fallback?: "base_model" | "previous_version" | "reject";
    allowBaseModel?: boolean;
  },
) {
  const id = newId("tenant");
  await inCatalog(db, (client) => client.tenant.create({ data: { id, name: tenant.slug, ...tenant } }));
  return id;
}

export async function seedAdapter(
  db: Database,
  adapter: { tenantId: string; poolId: string; slug: string; isDefault?: boolean },
) {
  const id = newId("adapter");
  await inCatalog(db, (client) =>
    client.adapter.create({
      data: {
        id,
        name: adapter.slug,
        ...adapter,
        route: { create: { id: newId("route"), tenantId: adapter.tenantId } },
      },
    }),
  );
  return id;
}

export async function seedVersion(
  db: Database,
  version: { tenantId: string; adapterId: string; number: number; loraName: string },
) {
  const id = newId("version");
  await inCatalog(db, (client) =>
    client.adapterVersion.create({ data: { id, state: "ready", origin: {}, targetModules: [], ...version } }),
  );
  return id;
}

/** Moves the live pointer as a cutover does. */
export const pointRoute = (
  db: Database,
  adapterId: string,
  route: { liveVersionId: string | null; previousVersionId?: string | null; liveSince?: Date },
) => inCatalog(db, (client) => client.route.update({ where: { adapterId }, data: route }));

type PlaceSeed = { tenantId: string; versionId: string; nodeId: string; loraName: string; at: Date };

/** A version proven on a node: the placement is wanted, and the registration passed its probe. */
export const seedRoutable = (db: Database, { tenantId, versionId, nodeId, loraName, at }: PlaceSeed) =>
  inCatalog(db, async (client) => {
    await client.placement.create({
      data: { id: newId("placement"), tenantId, versionId, nodeId, condition: routableCondition("true", at) },
    });
    await client.registration.create({
      data: {
        id: newId("registration"),
        nodeId,
        loraName,
        tenantId,
        versionId,
        epoch: 1,
        state: "routable",
        loadedAt: at,
      },
    });
  });

/** The node stopped answering: what the reconcile loop writes then. */
export const loseNode = (db: Database, nodeId: string, at: Date) =>
  inCatalog(db, (client) =>
    client.placement.updateMany({ where: { nodeId }, data: { condition: routableCondition("unknown", at) } }),
  );

const routableCondition = (status: "true" | "unknown", at: Date) => ({
  type: "Routable",
  status,
  reason: status === "true" ? "probe_passed" : "node_unreachable",
  message: "",
  lastTransitionTime: at.toISOString(),
});

type ScrapeSeed = {
  nodeId: string;
  at: Date;
  epoch: number;
  /** null = its vLLM runs without the plugin. */
  tiers: Readonly<Record<string, "gpu" | "cpu">> | null;
};

/** A good scrape of a node, with where its adapters lie. */
export const seedScrape = (db: Database, { nodeId, at, epoch, tiers }: ScrapeSeed) =>
  inCatalog(db, async (client) => {
    const plugin = { version: "0.1.0", vllmVersion: "0.32.0", status: "active", reason: "" };
    const samples = { startedAt: null, gauges: {}, counters: {}, histograms: {} };
    await client.$executeRaw`
      INSERT INTO metrics.node_look (node_id, at, epoch, simulated, samples, teller, recent_requests, tried_at)
      VALUES (${nodeId}, ${at}, ${epoch}, true, ${JSON.stringify(samples)}::jsonb,
        ${tiers === null ? null : JSON.stringify(plugin)}::jsonb, '[]'::jsonb, ${at})
      ON CONFLICT (node_id) DO UPDATE SET at = EXCLUDED.at, epoch = EXCLUDED.epoch, teller = EXCLUDED.teller,
        tried_at = EXCLUDED.tried_at`;
    await client.residencyInterval.deleteMany({ where: { nodeId, source: "measured" } });
    const rows = Object.entries(tiers ?? {}).map(([loraName, tier]) => ({
      nodeId,
      loraName,
      tier,
      epoch,
      startedAt: at,
    }));
    await client.residencyInterval.createMany({ data: rows.map((row) => ({ ...row, source: "measured" as const })) });
  });

/** As if nobody had ever scraped. */
export const forgetScrapes = (db: Database) =>
  inCatalog(db, async (client) => {
    await client.$executeRaw`DELETE FROM metrics.node_look`;
    await client.residencyInterval.deleteMany({ where: { source: "measured" } });
  });

/** The node's engine is another one. */
export const setEpoch = (db: Database, nodeId: string, epoch: number) =>
  inCatalog(db, (client) => client.node.update({ where: { id: nodeId }, data: { epoch } }));

/** A pool with one node, and a tenant with one adapter there: what scopes are told apart by. */
export type Place = { poolId: string; nodeId: string; tenantId: string; adapterId: string };
export async function seedPlace(db: Database, name: string, seenAt: Date): Promise<Place> {
  const poolId = await seedPool(db);
  const nodeId = await seedNode(db, { poolId, name: `${name}-node`, baseUrl: `http://${name}.test`, seenAt });
  const tenantId = await seedTenant(db, { slug: name });
  return { poolId, nodeId, tenantId, adapterId: await seedAdapter(db, { tenantId, poolId, slug: "bot" }) };
}
