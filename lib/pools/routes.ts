import * as z from "zod";
import { idOf, PageQuery, pageOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { notFound } from "#lib/platform/errors.ts";
import { addBaseAlias } from "./base-aliases.ts";
import { createPool } from "./create-pool.ts";
import { deletePool } from "./delete-pool.ts";
import { AdapterStoreSchema, AddBaseAlias, CreatePool, type Pool, PoolSchema, UpdatePool } from "./schema.ts";
import { settingsRoutes } from "./settings/settings-routes.ts";
import { slotBytes } from "./slot-bytes.ts";
import { getPool, listPools, type PoolRecord } from "./store.ts";
import { updatePool } from "./update-pool.ts";

const PoolParams = z.object({ poolId: idOf("pool") });

const present = ({ baseConfig, chatTemplate, ...pool }: PoolRecord): Pool => ({
  ...pool,
  slotBytes: slotBytes(pool),
  createdAt: pool.createdAt.toISOString(),
});

/** A base model's tokenizer.json alone is 9 to 17 MB for today's vocabularies. */
const BASE_FILES_MAX_BYTES = 48_000_000;

export const poolRoutes = [
  route(
    "GET /pools",
    { summary: "List pools", action: "fleet.read", query: PageQuery, ok: pageOf(PoolSchema) },
    async ({ ctx, query }) => {
      const page = await listPools(ctx.tx, query);
      return { items: page.items.map(present), nextCursor: page.nextCursor };
    },
  ),
  route(
    "POST /pools",
    {
      summary: "Add a pool",
      action: "fleet.write",
      body: CreatePool,
      bodyMaxBytes: BASE_FILES_MAX_BYTES,
      anyText: true,
      ok: PoolSchema,
      status: 201,
      errors: ["conflict"],
    },
    async ({ ctx, body }) => present(await createPool(ctx, body)),
  ),
  route(
    "GET /pools/{poolId}",
    { summary: "Read a pool", action: "fleet.read", params: PoolParams, ok: PoolSchema, errors: ["not_found"] },
    async ({ ctx, params }) => present(await requirePool(ctx, params.poolId)),
  ),
  route(
    "PATCH /pools/{poolId}",
    {
      summary: "Change a pool's names, adapter directory, policies or restart step",
      description: "Its base model's name and its adapter directory can change while none of its adapters is loaded.",
      action: "fleet.write",
      params: PoolParams,
      body: UpdatePool,
      ok: PoolSchema,
      ifMatch: true,
      errors: ["not_found", "conflict"],
    },
    async ({ ctx, params, body, expectedGeneration }) =>
      present(await updatePool(ctx, { poolId: params.poolId, expectedGeneration, change: body })),
  ),
  route(
    "POST /pools/{poolId}/base-aliases",
    {
      summary: "Acknowledge another name of a pool's base model",
      action: "fleet.write",
      params: PoolParams,
      body: AddBaseAlias,
      ok: PoolSchema,
      errors: ["not_found", "conflict"],
    },
    async ({ ctx, params, body }) => present(await addBaseAlias(ctx, { poolId: params.poolId, alias: body.alias })),
  ),
  route(
    "DELETE /pools/{poolId}",
    {
      summary: "Delete a pool without nodes and versions",
      description: "Its adapters are deleted too, with their cutovers and evaluation runs.",
      action: "fleet.write",
      params: PoolParams,
      ok: null,
      errors: ["not_found", "conflict"],
    },
    async ({ ctx, params }) => {
      await deletePool(ctx, params.poolId);
      return undefined;
    },
  ),
  route(
    "GET /adapter-store",
    { summary: "Read the path of the adapter store", action: "fleet.read", ok: AdapterStoreSchema },
    async ({ ctx }) => ({ path: ctx.deps.adapterStore }),
  ),
  ...settingsRoutes,
] as const;

async function requirePool(ctx: { tx: Parameters<typeof getPool>[0] }, poolId: string): Promise<PoolRecord> {
  const pool = await getPool(ctx.tx, poolId);
  if (pool === null) throw notFound("pool");
  return pool;
}
