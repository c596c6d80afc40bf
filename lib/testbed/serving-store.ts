import { generateApiKey } from "#lib/identity/api-key.ts";
import type { Database } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";

/** A fleet that serves already: every version is proven on every node of its pool. */
export type ServingPlan = {
  slug: string;
  nodes: readonly { name: string; baseUrl: string }[];
  tenants: readonly TenantPlan[];
  maxLoras?: number;
  maxCpuLoras?: number;
  maxInFlight?: number;
};
export type TenantPlan = {
  slug: string;
  /** Slugs; the first is the default. */
  adapters: readonly string[];
  /** Of each adapter; the last is live and the one before it the previous one. */
  versions: number;
  fallback?: "base_model" | "previous_version" | "reject";
  allowBaseModel?: boolean;
  /** Large ones, so that counting them costs what it costs. */
  requestsPerMinute?: number;
  tokensPerMinute?: number;
};

export type ServingVersion = { id: string; tenantId: string; adapterId: string; number: number; loraName: string };
export type ServingTenant = {
  id: string;
  slug: string;
  key: string;
  adapters: { id: string; slug: string; versions: ServingVersion[] }[];
};
export type ServingPool = { id: string; nodeIds: string[]; tenants: ServingTenant[] };

export const BASE_MODEL = "bench-base";
const DIGEST = "0123456789ab";

/** Writes a pool with its nodes, tenants, live versions and keys, as the fleet leaves them once all is proven. */
export async function addServingPool(db: Database, plan: ServingPlan): Promise<ServingPool> {
  const poolId = newId("pool");
  const nodes = plan.nodes.map(({ name, baseUrl }) => ({
    id: newId("node"),
    poolId,
    name,
    baseUrl,
    epoch: 1,
    simulated: true,
  }));
  const keys = plan.tenants.map(() => generateApiKey());
  const tenants = plan.tenants.map((tenant, index) => tenantOf(tenant, keys[index]?.key ?? ""));
  const versions = tenants.flatMap(({ adapters }) => adapters.flatMap((adapter) => adapter.versions));
  await db.write(platformScope, async ({ client }) => {
    await client.pool.create({ data: { id: poolId, ...poolSettings(plan) } });
    await client.node.createMany({ data: nodes });
    await client.tenant.createMany({
      data: plan.tenants.map(({ slug, adapters, versions: _, ...settings }, index) => ({
        id: tenants[index]?.id ?? "",
        slug,
        name: slug,
        ...settings,
      })),
    });
    await client.apiKey.createMany({
      data: keys.map((key, index) => keyRow(key, tenants[index]?.id ?? null, ["inference"])),
    });
    await client.adapter.createMany({ data: tenants.flatMap((tenant) => adapterRows(tenant, poolId)) });
    await client.adapterVersion.createMany({
      data: versions.map((version) => ({ ...version, state: "ready" as const, origin: {}, targetModules: [] })),
    });
    await client.route.createMany({ data: tenants.flatMap(routeRows) });
  });
  for (const { id, epoch } of nodes)
    await db.write(platformScope, ({ client }) =>
      client.registration.createMany({ data: versions.map((version) => registrationRow(id, version, epoch)) }),
    );
  return { id: poolId, nodeIds: nodes.map(({ id }) => id), tenants };
}

/** A key that may act for every tenant and pin versions. */
export async function addTrustedKey(db: Database): Promise<string> {
  const generated = generateApiKey();
  await db.write(platformScope, ({ client }) =>
    client.apiKey.create({ data: keyRow(generated, null, ["gateway:trusted"]) }),
  );
  return generated.key;
}

/** Moves a live pointer, as a cutover does. */
export const pointRoute = (db: Database, adapterId: string, liveVersionId: string | null): Promise<unknown> =>
  db.write(platformScope, ({ client }) => client.route.update({ where: { adapterId }, data: { liveVersionId } }));

/** What the reconcile loop writes when a node comes back as a new process: nothing is proven there any more. */
export const noteRestart = (db: Database, nodeId: string): Promise<unknown> =>
  db.write(platformScope, async ({ client }) => {
    await client.registration.deleteMany({ where: { nodeId } });
    await client.node.update({ where: { id: nodeId }, data: { epoch: { increment: 1 } } });
  });

/** And when these versions were loaded again and passed their load probes. */
export const noteLoaded = (db: Database, nodeId: string, versions: readonly ServingVersion[]): Promise<unknown> =>
  db.write(platformScope, async ({ client }) => {
    const { epoch } = await client.node.findUniqueOrThrow({ where: { id: nodeId }, select: { epoch: true } });
    await client.registration.createMany({ data: versions.map((version) => registrationRow(nodeId, version, epoch)) });
  });

const registrationRow = (nodeId: string, version: ServingVersion, epoch: number) => ({
  id: newId("registration"),
  nodeId,
  loraName: version.loraName,
  tenantId: version.tenantId,
  versionId: version.id,
  epoch,
  state: "routable" as const,
});

/** A pool's row, without its id. */
export const poolSettings = (plan: Pick<ServingPlan, "slug" | "maxLoras" | "maxCpuLoras" | "maxInFlight">) => {
  const { slug, maxLoras = 12, maxCpuLoras = 64, maxInFlight = 1024 } = plan;
  return {
    ...{ slug, name: slug, baseModel: BASE_MODEL, baseConfig: {}, dtype: "bfloat16", adapterDirectory: "/adapters" },
    ...{ architectureChecksum: "a", tokenizerChecksum: "t", maxModelLen: 8192, maxLoraRank: 16 },
    ...{ maxLoras, maxCpuLoras, maxInFlight, gpuMemoryUtilization: 0.9 },
  };
};

function tenantOf(plan: TenantPlan, key: string): ServingTenant {
  const tenantId = newId("tenant");
  const adapters = plan.adapters.map((slug) => {
    const adapterId = newId("adapter");
    const versions = Array.from({ length: plan.versions }, (_, index) => ({
      id: newId("version"),
      tenantId,
      adapterId,
      number: index + 1,
      loraName: `${plan.slug}--${slug}--v${index + 1}-${DIGEST}`,
    }));
    return { id: adapterId, slug, versions };
  });
  return { id: tenantId, slug: plan.slug, key, adapters };
}

const adapterRows = (tenant: ServingTenant, poolId: string) =>
  tenant.adapters.map(({ id, slug }, index) => ({
    id,
    tenantId: tenant.id,
    poolId,
    slug,
    name: slug,
    isDefault: index === 0,
  }));

const routeRows = (tenant: ServingTenant) =>
  tenant.adapters.map(({ id, versions }) => ({
    id: newId("route"),
    tenantId: tenant.id,
    adapterId: id,
    liveVersionId: versions.at(-1)?.id ?? null,
    previousVersionId: versions.at(-2)?.id ?? null,
    liveSince: new Date(),
  }));

const keyRow = ({ prefix, hash }: { prefix: string; hash: string }, tenantId: string | null, scopes: string[]) => ({
  id: newId("apiKey"),
  tenantId,
  name: "bench",
  prefix,
  hash,
  scopes,
});
