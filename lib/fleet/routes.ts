import * as z from "zod";
import { idOf, pageOf } from "#lib/http/schema.ts";
import { route, routeWithPrepare } from "#lib/identity/route.ts";
import { notFound } from "#lib/platform/errors.ts";
import { checkNodeUrl } from "#lib/platform/outbound.ts";
import { getPool } from "#lib/pools/store.ts";
import { launchCommand } from "#lib/vllm/launch-command.ts";
import { addNode } from "./add-node.ts";
import { artifactRoutes } from "./artifacts/artifact-routes.ts";
import { bulkStageRoutes } from "./bulk/bulk-routes.ts";
import { controlRoutes } from "./controls/control-routes.ts";
import { setNodeCordon } from "./cordon-node.ts";
import { inspectNode, refuseProblems } from "./inspection/inspect-node.ts";
import { inspectionRoutes, poolContext } from "./inspection/inspection-routes.ts";
import { listPlacements } from "./list-placements.ts";
import { getNode, listEvents, listNodes } from "./node-store.ts";
import { nodeView } from "./node-view.ts";
import { placementRoutes } from "./placing/placement-routes.ts";
import { removeNode } from "./remove-node.ts";
import { rolloutRoutes } from "./rollout/rollout-routes.ts";
import {
  AddedNode,
  AddNode,
  EventsQuery,
  LaunchCommandSchema,
  LaunchQuery,
  LoadEventSchema,
  NodeSchema,
  NodesQuery,
  PlacementSchema,
  PlacementsQuery,
  StageVersion,
} from "./schema.ts";
import { serviceRoutes } from "./service-routes.ts";
import { showNode } from "./show-node.ts";
import { stageVersion, unstageVersion } from "./stage-version.ts";
import { viewRoutes } from "./views/view-routes.ts";

const NodeParams = z.object({ nodeId: idOf("node") });
const VersionParams = z.object({ versionId: idOf("ver") });
const PoolParams = z.object({ poolId: idOf("pool") });
const PLACEMENTS_OF_A_VERSION = 200;

export const fleetRoutes = [
  route(
    "GET /nodes",
    { summary: "List nodes", action: "fleet.read", query: NodesQuery, ok: pageOf(NodeSchema) },
    async ({ ctx, query }) => {
      const page = await listNodes(ctx.tx, query);
      return { ...page, items: page.items.map((record) => nodeView(record, ctx.clock.now())) };
    },
  ),
  routeWithPrepare(
    "POST /nodes",
    {
      summary: "Add a node",
      description:
        "Inspects the node first. Refused if it is not a vLLM server, serves another base model or cannot load adapters. The findings are kept as its report.",
      action: "fleet.write",
      body: AddNode,
      ok: AddedNode,
      status: 201,
      errors: ["conflict"],
    },
    async ({ body, read }) => {
      const baseUrl = checkNodeUrl(body.baseUrl, "baseUrl");
      const { context, deps } = await read(async (ctx) => ({
        context: await poolContext(ctx, body.poolId, null),
        deps: ctx.deps,
      }));
      const inspection = await inspectNode(deps, { baseUrl, apiKey: body.apiKey ?? null }, context);
      refuseProblems(inspection);
      return { baseUrl, inspection };
    },
    async ({ ctx, body, prepared }) => addNode(ctx, { ...body, baseUrl: prepared.baseUrl }, prepared.inspection),
  ),
  route(
    "GET /nodes/{nodeId}",
    { summary: "Read a node", action: "fleet.read", params: NodeParams, ok: NodeSchema, errors: ["not_found"] },
    async ({ ctx, params }) => showNode(ctx, params.nodeId),
  ),
  route(
    "POST /nodes/{nodeId}/cordon",
    {
      summary: "Cordon a node",
      action: "fleet.operate",
      params: NodeParams,
      ok: NodeSchema,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => setNodeCordon(ctx, { nodeId: params.nodeId, cordoned: true }),
  ),
  route(
    "POST /nodes/{nodeId}/uncordon",
    {
      summary: "Uncordon a node",
      action: "fleet.operate",
      params: NodeParams,
      ok: NodeSchema,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => setNodeCordon(ctx, { nodeId: params.nodeId, cordoned: false }),
  ),
  route(
    "DELETE /nodes/{nodeId}",
    {
      summary: "Remove a node that no version is held on",
      action: "fleet.write",
      params: NodeParams,
      ok: null,
      errors: ["not_found", "conflict"],
    },
    async ({ ctx, params }) => {
      await removeNode(ctx, params.nodeId);
      return undefined;
    },
  ),
  route(
    "GET /nodes/{nodeId}/events",
    {
      summary: "List the actions on a node with their results, newest first",
      action: "fleet.read",
      params: NodeParams,
      query: EventsQuery,
      ok: pageOf(LoadEventSchema),
      errors: ["not_found"],
    },
    async ({ ctx, params, query }) => {
      if (!(await getNode(ctx.tx, params.nodeId))) throw notFound("node");
      return listEvents(ctx.tx, params.nodeId, query);
    },
  ),
  route(
    "GET /pools/{poolId}/launch-command",
    {
      summary: "Read the launch command for a pool's nodes",
      action: "fleet.read",
      params: PoolParams,
      query: LaunchQuery,
      ok: LaunchCommandSchema,
      errors: ["not_found"],
    },
    async ({ ctx, params, query }) => {
      const pool = await getPool(ctx.tx, params.poolId);
      if (!pool) throw notFound("pool");
      const { env, args, text, notes } = launchCommand(pool, { ...query, hasKey: true });
      return { env: { ...env }, args: [...args], text, notes: [...notes] };
    },
  ),
  route(
    "GET /placements",
    {
      summary: "List placements: which version belongs on which node, and its progress",
      action: "tenant.read",
      query: PlacementsQuery,
      ok: pageOf(PlacementSchema),
    },
    async ({ ctx, query }) => listPlacements(ctx, query),
  ),
  route(
    "POST /versions/{versionId}/stage",
    {
      summary: "Load a version on nodes of its pool",
      description: "Staging again retries failed placements.",
      action: "placement.write",
      params: VersionParams,
      body: StageVersion,
      ok: pageOf(PlacementSchema),
      status: 202,
      errors: ["not_found", "conflict"],
    },
    async ({ ctx, params, body }) => {
      await stageVersion(ctx, { versionId: params.versionId, nodeIds: body.nodeIds });
      return listPlacements(ctx, { versionId: params.versionId, limit: PLACEMENTS_OF_A_VERSION });
    },
  ),
  route(
    "POST /versions/{versionId}/unstage",
    {
      summary: "Take a staged version off its nodes",
      action: "placement.write",
      params: VersionParams,
      ok: pageOf(PlacementSchema),
      status: 202,
      errors: ["not_found", "conflict"],
    },
    async ({ ctx, params }) => {
      await unstageVersion(ctx, params.versionId);
      return listPlacements(ctx, { versionId: params.versionId, limit: PLACEMENTS_OF_A_VERSION });
    },
  ),
  ...inspectionRoutes,
  ...placementRoutes,
  ...artifactRoutes,
  ...serviceRoutes,
  ...controlRoutes,
  ...rolloutRoutes,
  ...viewRoutes,
  ...bulkStageRoutes,
] as const;
