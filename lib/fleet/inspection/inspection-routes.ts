import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { route, routeWithPrepare } from "#lib/identity/route.ts";
import { invalidField, notFound } from "#lib/platform/errors.ts";
import { checkNodeUrl } from "#lib/platform/outbound.ts";
import { getPool } from "#lib/pools/store.ts";
import {
  AdoptedSchema,
  AdoptUnmanagedAdapter,
  InspectionSchema,
  InspectNode,
  NodeReportSchema,
  UnmanagedAdaptersSchema,
} from "../browser/inspection-schema.ts";
import { openNodeKey } from "../node-access.ts";
import { getNode } from "../node-store.ts";
import { adoptUnmanagedAdapter, importUnmanagedAdapter } from "./adopt-unmanaged-adapter.ts";
import { findUnmanagedAdapters, readNodeOfPool } from "./find-unmanaged-adapters.ts";
import { inspectNode, type PoolContext } from "./inspect-node.ts";
import { countRoutable, firstFingerprints } from "./inspection-store.ts";
import { baseCards } from "./node-facts.ts";
import { proposePool } from "./propose-pool.ts";
import { readReport, recordInspection } from "./record-inspection.ts";

const NodeParams = z.object({ nodeId: idOf("node") });

/** The pool a node is held against. @throws AppError `invalid` naming poolId */
export async function poolContext(ctx: Ctx, poolId: string, exceptNodeId: string | null): Promise<PoolContext> {
  const pool = await getPool(ctx.tx, poolId);
  if (!pool)
    throw invalidField("poolId", "no_such_pool", "There is no such pool.", "Choose one from the list of pools.");
  return { pool, first: await firstFingerprints(ctx.tx, poolId, exceptNodeId) };
}

export const inspectionRoutes = [
  routeWithPrepare(
    "POST /nodes/inspect",
    {
      summary: "Inspect a node before you add it",
      description:
        "Stores nothing. With a pool, loads and unloads a small reference adapter. Without a pool, the reply proposes one.",
      action: "fleet.write",
      body: InspectNode,
      ok: InspectionSchema,
    },
    async ({ body, read }) => {
      const baseUrl = checkNodeUrl(body.baseUrl, "baseUrl");
      const { poolId, apiKey = null } = body;
      const { context, deps } = await read(async (ctx) => ({
        context: poolId === undefined ? null : await poolContext(ctx, poolId, null),
        deps: ctx.deps,
      }));
      const inspection = await inspectNode(deps, { baseUrl, apiKey }, context);
      const proposal = context === null ? proposePool(inspection.facts, deps.adapterStore) : null;
      return { baseUrl, inspection, proposal };
    },
    async ({ ctx, body, prepared: { baseUrl, inspection, proposal } }) => {
      const { facts, findings, limits, unmanagedAdapters } = inspection;
      await audit(ctx, {
        action: "node.inspect",
        object: { type: "node", id: baseUrl },
        tenantId: null,
        after: { baseUrl, poolId: body.poolId ?? null, version: facts.version, hasKey: body.apiKey !== undefined },
      });
      return {
        version: facts.version,
        simulated: facts.simulated,
        findings,
        limits,
        baseModels: baseCards(facts.cards).map(({ id, root = null, max_model_len: maxModelLen = null }) => ({
          id,
          root,
          maxModelLen,
        })),
        unmanagedAdapters,
        proposal,
      };
    },
  ),
  routeWithPrepare(
    "POST /nodes/{nodeId}/inspect",
    {
      summary: "Inspect a node again and store the report",
      action: "fleet.operate",
      params: NodeParams,
      ok: NodeReportSchema,
      errors: ["not_found"],
    },
    async ({ params, read }) => {
      const { node, context, proven, deps } = await read(async (ctx) => {
        const found = await getNode(ctx.tx, params.nodeId);
        if (!found) throw notFound("node");
        return {
          node: { baseUrl: found.baseUrl, apiKey: openNodeKey(ctx.deps.secrets, found) },
          context: await poolContext(ctx, found.poolId, found.id),
          proven: await countRoutable(ctx.tx, found.id),
          deps: ctx.deps,
        };
      });
      return inspectNode(deps, node, context, proven);
    },
    async ({ ctx, params, prepared }) => recordInspection(ctx, params.nodeId, prepared),
  ),
  route(
    "GET /nodes/{nodeId}/report",
    {
      summary: "Read the report of a node's latest inspection",
      action: "fleet.read",
      params: NodeParams,
      ok: NodeReportSchema,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => readReport(ctx, params.nodeId),
  ),
  routeWithPrepare(
    "GET /nodes/{nodeId}/unmanaged-adapters",
    {
      summary: "List adapters on a node that Switchyard did not load",
      description: "Polls the node now, and runs every check over the folders that Switchyard can read.",
      action: "fleet.read",
      params: NodeParams,
      ok: UnmanagedAdaptersSchema,
      errors: ["not_found", "node_unreachable"],
    },
    async ({ params, read }) => findUnmanagedAdapters(await read((ctx) => readNodeOfPool(ctx, params.nodeId))),
    async ({ ctx, prepared }) => ({ items: prepared, asOf: ctx.clock.now().toISOString() }),
  ),
  routeWithPrepare(
    "POST /nodes/{nodeId}/adopt",
    {
      summary: "Adopt an adapter that runs on a node as a version",
      description: "Copies and checks its files like any upload. The name on the node does not change.",
      action: "fleet.write",
      params: NodeParams,
      body: AdoptUnmanagedAdapter,
      ok: AdoptedSchema,
      status: 201,
      errors: ["not_found", "conflict", "node_unreachable", "unavailable"],
    },
    ({ params, body, read }) => importUnmanagedAdapter(read, { ...body, nodeId: params.nodeId }),
    async ({ ctx, body, prepared }) => adoptUnmanagedAdapter(ctx, body, prepared),
  ),
] as const;
