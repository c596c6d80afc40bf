import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";

const TENANT = {
  id: true,
  slug: true,
  status: true,
  fallback: true,
  allowBaseModel: true,
  weight: true,
  maxConcurrent: true,
  requestsPerMinute: true,
  tokensPerMinute: true,
  hostedEndpointId: true,
  adapters: {
    orderBy: { id: "asc" },
    select: {
      id: true,
      slug: true,
      poolId: true,
      isDefault: true,
      route: {
        select: {
          liveVersionId: true,
          previousVersionId: true,
          liveSince: true,
          originEndpointId: true,
          originEndedAt: true,
          candidateVersionId: true,
          candidateWeight: true,
          mirrorVersionId: true,
          mirrorShare: true,
        },
      },
    },
  },
} satisfies Prisma.TenantSelect;

const POOL = {
  id: true,
  baseModel: true,
  fallback: true,
  maxLoras: true,
  maxCpuLoras: true,
  maxBatchWaitMs: true,
  saturationWaitMs: true,
  queueMax: true,
  maxInFlight: true,
  hostedEndpointId: true,
} satisfies Prisma.PoolSelect;

const NODE = {
  id: true,
  name: true,
  poolId: true,
  baseUrl: true,
  sealedKey: true,
  standalone: true,
  simulated: true,
  epoch: true,
  cordoned: true,
  conditions: true,
  limits: true,
  registrations: { where: { state: "routable" }, select: { versionId: true, epoch: true } },
} satisfies Prisma.NodeSelect;

const VERSION = {
  id: true,
  tenantId: true,
  adapterId: true,
  number: true,
  loraName: true,
  adapter: { select: { poolId: true } },
} satisfies Prisma.AdapterVersionSelect;

/** A gateway says that it is there every 2 s. */
const INSTANCE_ALIVE_MS = 10_000;

/**
 * Everything the gateway routes by, in as few statements as there are tables. The parts may be a moment apart: the next
 * notification follows at once, and a version is only used where a node's own epoch agrees.
 */
export async function readRouting(tx: Tx, now: Date) {
  const { client } = tx;
  const tenants = await client.tenant.findMany({ select: TENANT });
  const keys = await client.apiKey.findMany({
    where: {
      scopes: { hasSome: ["inference", "gateway:trusted"] },
      // whoever still calls for a tenant that is being off-boarded is told that, not that its key is unknown
      OR: [{ revokedAt: null }, { tenant: { status: "offboarding" } }],
    },
    select: { id: true, tenantId: true, prefix: true, hash: true, scopes: true, expiresAt: true },
  });
  const pools = await client.pool.findMany({ select: POOL });
  const nodes = await client.node.findMany({ orderBy: { name: "asc" }, select: NODE });
  const settings = await readSettingRows(tx);
  const endpoints = await client.endpoint.findMany({
    select: { id: true, tenantId: true, name: true, baseUrl: true, model: true, sealedKey: true },
  });
  const controls = await client.control.findMany({
    // a node stays cordoned in its own row until a worker ends the control: the gateway must know why it is
    where: { endedAt: null, OR: [{ expiresAt: { gt: now } }, { nodeId: { not: null } }] },
    select: { id: true, kind: true, tenantId: true, nodeId: true, expiresAt: true, wasCordoned: true },
  });
  const observed = await client.cutover.findMany({
    where: { phase: { in: ["shadow", "canary", "full", "soaking"] } },
    select: { adapterId: true },
  });
  const recordings = await client.recording.findMany({
    where: { endedAt: null, until: { gt: now } },
    select: { id: true, adapterId: true, perCent: true, until: true, words: true },
  });
  const instances = await client.gatewayInstance.count({
    where: { seenAt: { gt: new Date(now.getTime() - INSTANCE_ALIVE_MS) } },
  });
  const routed = tenants.flatMap(({ adapters }) => adapters.flatMap(({ route }) => (route ? [route] : [])));
  const wanted = [
    ...routed.flatMap((route) => [
      route.liveVersionId,
      route.previousVersionId,
      route.candidateVersionId,
      route.mirrorVersionId,
    ]),
    ...nodes.flatMap(({ registrations }) => registrations.map(({ versionId }) => versionId)),
  ];
  const ids = [...new Set(wanted.filter((id) => id !== null))];
  const versions = await client.adapterVersion.findMany({ where: { id: { in: ids } }, select: VERSION });
  return { tenants, keys, pools, nodes, settings, versions, endpoints, controls, observed, recordings, instances };
}
export type RoutingRows = Awaited<ReturnType<typeof readRouting>>;

/** What an administrator may have set for the gateway. */
export const readSettingRows = ({ client }: Tx) => client.setting.findMany({ select: { key: true, value: true } });
