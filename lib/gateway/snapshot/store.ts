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
  tokensPerRequest: true,
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
  servesEmbeddings: true,
  servesResponses: true,
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
  engineVersion: true,
  backend: true,
  gpu: true,
  _count: { select: { registrations: true, placements: { where: { desire: "present" } } } },
} satisfies Prisma.NodeSelect;

/** Rows read at once: turning a thousand of them into objects would hold up requests. */
const PAGE = 100;

/** Reads a table that grows with the customers a page at a time, so that requests are answered in between. */
async function inPages<Row extends { id: string }>(readPage: (after: string) => Promise<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for (let page = await readPage(""); page.length > 0; page = await readPage(rows.at(-1)?.id ?? "")) {
    rows.push(...page);
    if (page.length < PAGE) break;
  }
  return rows;
}
const pageAfter = (after: string) => ({ take: PAGE, orderBy: { id: "asc" as const }, where: { id: { gt: after } } });

/** A gateway says that it is there every 2 s. */
const INSTANCE_ALIVE_MS = 10_000;

/**
 * Everything the gateway routes by, in as few statements as there are tables. The parts may be a moment apart: the next
 * notification follows at once, and a version is only used where a node's own epoch agrees.
 */
export async function readRouting(tx: Tx, now: Date) {
  const { client } = tx;
  const tenants = await inPages((after) => client.tenant.findMany({ ...pageAfter(after), select: TENANT }));
  const keys = await inPages((after) => readKeys(tx, after));
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
  const proofs = await readProofs(tx);
  const versions = await inPages((after) => readVersions(tx, after));
  return {
    tenants,
    keys,
    pools,
    nodes,
    settings,
    proofs,
    versions,
    endpoints,
    controls,
    observed,
    recordings,
    instances,
  };
}

const readKeys = ({ client }: Tx, after: string) =>
  client.apiKey.findMany({
    take: PAGE,
    orderBy: { id: "asc" },
    where: {
      id: { gt: after },
      scopes: { hasSome: ["inference", "gateway:trusted"] },
      // whoever still calls for a tenant that is being off-boarded is told that, not that its key is unknown
      OR: [{ revokedAt: null }, { tenant: { status: "offboarding" } }],
    },
    select: { id: true, tenantId: true, prefix: true, hash: true, scopes: true, expiresAt: true },
  });

/** What passed its load probe where: a row a node and epoch, since there are as many as versions times nodes. */
async function readProofs({ client }: Tx): Promise<{ nodeId: string; epoch: number; versionIds: string[] }[]> {
  const rows = await client.$queryRaw<{ nodeId: string; epoch: number; versionIds: string }[]>`
    SELECT "nodeId", "epoch", string_agg("versionId", ',') AS "versionIds" FROM "Registration"
    WHERE "state" = 'routable' AND "versionId" IS NOT NULL GROUP BY "nodeId", "epoch"`;
  return rows.map(({ versionIds, ...row }) => ({ ...row, versionIds: versionIds.split(",") }));
}

type VersionRow = { id: string; tenantId: string; adapterId: string; poolId: string; number: number; loraName: string };

/** Versions that a route names, or that are proven somewhere. */
const readVersions = ({ client }: Tx, after: string) =>
  client.$queryRaw<VersionRow[]>`
    SELECT v."id", v."tenantId", v."adapterId", a."poolId", v."number", v."loraName"
    FROM "AdapterVersion" v JOIN "Adapter" a ON a."id" = v."adapterId"
    WHERE v."id" > ${after} AND v."loraName" IS NOT NULL AND v."id" IN (
      SELECT unnest(ARRAY["liveVersionId", "previousVersionId", "candidateVersionId", "mirrorVersionId"]) FROM "Route"
      UNION SELECT "versionId" FROM "Registration" WHERE "state" = 'routable')
    ORDER BY v."id" LIMIT ${PAGE}`;

export type RoutingRows = Awaited<ReturnType<typeof readRouting>>;

/** What an administrator may have set for the gateway. */
export const readSettingRows = ({ client }: Tx) => client.setting.findMany({ select: { key: true, value: true } });
