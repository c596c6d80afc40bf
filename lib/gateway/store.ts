import type { Tx } from "#lib/platform/db.ts";

/**
 * Everything the gateway routes by, in as few statements as there are tables. The parts may be a moment apart: the next
 * notification follows at once, and a version is only used where a node's own epoch agrees.
 */
export async function readRouting(tx: Tx) {
  const { client } = tx;
  const [tenants, keys, pools, nodes, settings] = await Promise.all([
    client.tenant.findMany({
      select: {
        id: true,
        slug: true,
        status: true,
        fallback: true,
        allowBaseModel: true,
        adapters: {
          orderBy: { id: "asc" },
          select: {
            id: true,
            slug: true,
            poolId: true,
            isDefault: true,
            route: { select: { liveVersionId: true, previousVersionId: true, liveSince: true } },
          },
        },
      },
    }),
    client.apiKey.findMany({
      where: { revokedAt: null, scopes: { hasSome: ["inference", "gateway:trusted"] } },
      select: { id: true, tenantId: true, prefix: true, hash: true, scopes: true, expiresAt: true },
    }),
    client.pool.findMany({ select: { id: true, baseModel: true, fallback: true } }),
    client.node.findMany({
      orderBy: { name: "asc" },
      select: {
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
        registrations: { where: { state: "routable" }, select: { versionId: true, epoch: true } },
      },
    }),
    client.setting.findMany({ select: { key: true, value: true } }),
  ]);
  const wanted = new Set<string>();
  const want = (id: string | null | undefined) => id && wanted.add(id);
  for (const { adapters } of tenants)
    for (const { route } of adapters) {
      want(route?.liveVersionId);
      want(route?.previousVersionId);
    }
  for (const { registrations } of nodes) for (const { versionId } of registrations) want(versionId);
  const versions = await client.adapterVersion.findMany({
    where: { id: { in: [...wanted] } },
    select: {
      id: true,
      tenantId: true,
      adapterId: true,
      number: true,
      loraName: true,
      adapter: { select: { poolId: true } },
    },
  });
  return { tenants, keys, pools, nodes, settings, versions };
}
export type RoutingRows = Awaited<ReturnType<typeof readRouting>>;
