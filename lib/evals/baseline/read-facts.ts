import { servingNodes, standaloneNodes } from "#lib/fleet/routable-nodes.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { getPool } from "#lib/pools/store.ts";
import { getAdapter } from "#lib/registry/adapters/adapter-store.ts";
import { findEndpoint } from "#lib/registry/endpoints/endpoint-store.ts";
import { getVersion, type VersionRecord } from "#lib/registry/versions/version-store.ts";
import type { BaselineOrigin } from "../browser/baseline-schema.ts";
import type { BaselineFacts } from "./choose-baseline.ts";

/** What stands behind the facts, for the run that is started on them. */
export type BaselineSite = {
  facts: BaselineFacts;
  live: VersionRecord | null;
  origin: BaselineOrigin | null;
  standaloneNodeId: string | null;
};

/** What a version could be measured against now; for staff. */
export async function readBaselineSite(ctx: Ctx, version: VersionRecord): Promise<BaselineSite> {
  const { tx } = ctx;
  const route = (await getAdapter(tx, version.adapterId))?.route;
  const liveId = route?.liveVersionId ?? null;
  const live = liveId === null || liveId === version.id ? null : await getVersion(tx, liveId);
  const endpoint = route?.originEndpointId ? await findEndpoint(tx, route.originEndpointId) : null;
  const [standalone] = await standaloneNodes(tx, version.poolId);
  const pool = await getPool(tx, version.poolId);
  if (!pool) throw new Error(`pool ${version.poolId} is gone`);
  const model = endpoint?.model ?? version.adapterSlug;
  return {
    live,
    origin: endpoint && { endpointId: endpoint.id, name: endpoint.name, baseUrl: endpoint.baseUrl, model },
    standaloneNodeId: standalone?.nodeId ?? null,
    facts: {
      number: version.number,
      live: liveId === version.id ? { kind: "itself" } : asOther(live),
      origin: endpoint && {
        name: endpoint.name,
        host: new URL(endpoint.baseUrl).host,
        model,
        hasEnded: route?.originEndedAt !== null,
        isOthers: endpoint.tenantId !== null && endpoint.tenantId !== version.tenantId,
      },
      standaloneNode: standalone?.nodeName ?? null,
      baseModel: pool.baseModel,
      servingNodes: (await servingNodes(tx, version.poolId)).length,
    },
  };
}

const asOther = (live: VersionRecord | null): BaselineFacts["live"] =>
  live === null ? { kind: "none" } : { kind: "other", number: live.number, state: live.state };
