import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { orTaken } from "#lib/platform/or-taken.ts";
import { architectureOf, type BaseShapes, readBaseShapes } from "#lib/platform/safetensors/base-shapes.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { FallbackPolicy, PoolDtype, UpdatePool } from "./schema.ts";

/** A pool as the rooms below use it, with the base model's own config.json. */
export type PoolRecord = {
  id: string;
  slug: string;
  name: string;
  baseModel: string;
  baseRevision: string | null;
  /** Other names of the base model, exact or with `*`. */
  baseAliases: string[];
  /** Names and aliases of pools with another base model. */
  otherBases: string[];
  baseConfig: Record<string, unknown>;
  architecture: string;
  baseShapes: BaseShapes | null;
  architectureChecksum: string;
  tokenizerChecksum: string;
  chatTemplateChecksum: string | null;
  /** null = no template, or a pool from before its text was kept. */
  chatTemplate: string | null;
  /** Releases that the pool's nodes run, each once; null = a node that has not said. */
  engineVersions: (string | null)[];
  dtype: PoolDtype;
  maxModelLen: number;
  maxLoras: number;
  maxLoraRank: number;
  maxCpuLoras: number;
  gpuMemoryUtilization: number;
  adapterDirectory: string;
  delivery: "shared" | "fetch";
  driftPolicy: "keep" | "remove";
  replicas: number | null;
  restartStep: "manual" | "webhook" | "simulated";
  restartUrl: string | null;
  hasRestartSecret: boolean;
  fallback: FallbackPolicy;
  maxBatchWaitMs: number;
  saturationWaitMs: number;
  queueMax: number;
  maxInFlight: number;
  hostedEndpointId: string | null;
  servesEmbeddings: boolean;
  servesResponses: boolean;
  generation: number;
  createdAt: Date;
  nodeCount: number;
  adapterCount: number;
};

const counted = {
  _count: { select: { nodes: true, adapters: true } },
  nodes: { select: { engineVersion: true }, distinct: ["engineVersion"], orderBy: { engineVersion: "asc" } },
} as const satisfies Prisma.PoolInclude;
type Row = Prisma.PoolGetPayload<{ include: typeof counted }>;

/** The restart hook's secret never leaves the table by way of a record. */
const toRecord = (
  { _count, nodes, baseConfig, updatedAt, sealedRestartSecret, ...row }: Row,
  served: readonly ServedBase[],
): PoolRecord => {
  const config = baseConfig as Record<string, unknown>;
  return {
    ...row,
    otherBases: otherBasesOf(row.baseModel, served),
    engineVersions: nodes.map(({ engineVersion }) => engineVersion),
    baseConfig: config,
    architecture: architectureOf(config) ?? "unknown",
    baseShapes: readBaseShapes(config),
    dtype: row.dtype as PoolDtype,
    hasRestartSecret: sealedRestartSecret !== null,
    nodeCount: _count.nodes,
    adapterCount: _count.adapters,
  };
};

type ServedBase = Pick<Row, "baseModel" | "baseAliases">;

/** The bases that all pools serve, with their aliases. */
const servedBases = (tx: Tx): Promise<ServedBase[]> =>
  tx.client.pool.findMany({ select: { baseModel: true, baseAliases: true }, orderBy: { id: "asc" } });

/** An adapter without a base name belongs to no other base, whatever alias another pool has for it. */
const otherBasesOf = (baseModel: string, served: readonly ServedBase[]): string[] => {
  const others = served.filter((one) => one.baseModel !== baseModel);
  return [...new Set(others.flatMap((one) => [one.baseModel, ...one.baseAliases]))].filter((name) => name !== "");
};

/** Pools are the platform's own: they carry no tenant, and a tenant's role may not read them. */
export async function getPool(tx: Tx, poolId: string): Promise<PoolRecord | null> {
  const row = await tx.client.pool.findUnique({ where: { id: poolId }, include: counted });
  return row && toRecord(row, await servedBases(tx));
}

export async function listPools(tx: Tx, query: PageQuery): Promise<Page<PoolRecord>> {
  const rows = await tx.client.pool.findMany({ include: counted, ...pageArgs(query) });
  const served = await servedBases(tx);
  return toPage(
    rows.map((row) => toRecord(row, served)),
    query.limit,
  );
}

/** What only an existing pool has: facts about it, and policies that a new one has the defaults of. */
type Later =
  | "id"
  | "architecture"
  | "baseShapes"
  | "baseAliases"
  | "otherBases"
  | "engineVersions"
  | "hasRestartSecret"
  | "saturationWaitMs"
  | "queueMax"
  | "maxInFlight"
  | "hostedEndpointId"
  | "servesEmbeddings"
  | "servesResponses"
  | "generation"
  | "createdAt"
  | "nodeCount"
  | "adapterCount";
export type NewPool = Omit<PoolRecord, Later>;

/** @returns null when the slug is taken; the transaction is then lost */
export async function insertPool(tx: Tx, pool: NewPool): Promise<PoolRecord | null> {
  const baseConfig = pool.baseConfig as Prisma.InputJsonObject;
  const row = await orTaken(
    tx.client.pool.create({ data: { id: newId("pool"), ...pool, baseConfig }, include: counted }),
  );
  return row && toRecord(row, await servedBases(tx));
}

/** @returns false when the pool is no longer at `generation` */
export async function changePool(
  tx: Tx,
  poolId: string,
  generation: number,
  change: Omit<UpdatePool, "restartSecret"> & { sealedRestartSecret?: string | null },
): Promise<boolean> {
  const { count } = await tx.client.pool.updateMany({
    where: { id: poolId, generation },
    data: { ...change, generation: { increment: 1 } },
  });
  return count === 1;
}

/**
 * Keeps an endpoint of registry's from being removed until the transaction ends.
 * @returns false when there is none that may answer for every tenant
 */
export async function keepSharedEndpoint(tx: Tx, endpointId: string): Promise<boolean> {
  const rows = await tx.client.$queryRaw<unknown[]>`
    SELECT 1 AS "kept" FROM "Endpoint" WHERE "id" = ${endpointId} AND "tenantId" IS NULL FOR SHARE`;
  return rows.length === 1;
}

/** A pool that keeps its hosted provider until the transaction ends. */
export async function keepPool(tx: Tx, poolId: string): Promise<Pick<PoolRecord, "name" | "hostedEndpointId"> | null> {
  const [row] = await tx.client.$queryRaw<Pick<PoolRecord, "name" | "hostedEndpointId">[]>`
    SELECT "name", "hostedEndpointId" FROM "Pool" WHERE "id" = ${poolId} FOR SHARE`;
  return row ?? null;
}

/** Waits for whoever is about to rely on a pool, and keeps others from it until the transaction ends. */
export async function lockPool(tx: Tx, poolId: string): Promise<void> {
  await tx.client.$queryRaw`SELECT 1 AS "locked" FROM "Pool" WHERE "id" = ${poolId} FOR UPDATE`;
}

/** Names of tenants with an adapter in the pool that would fall back to its hosted provider. */
export async function relyingTenants(tx: Tx, poolId: string): Promise<string[]> {
  const rows = await tx.client.tenant.findMany({
    where: {
      fallback: "hosted_provider",
      hostedEndpointId: null,
      status: { in: ["active", "suspended"] },
      adapters: { some: { poolId } },
    },
    orderBy: { id: "asc" },
    select: { name: true },
  });
  return rows.map(({ name }) => name);
}

/** Adapters of ours on a pool's nodes, and which nodes those are. */
export async function loadedIn(tx: Tx, poolId: string): Promise<{ adapters: number; nodes: string[] }> {
  const nodes = await tx.client.node.findMany({
    where: { poolId, registrations: { some: { versionId: { not: null } } } },
    orderBy: { name: "asc" },
    select: { name: true },
  });
  const adapters = await tx.client.registration.count({ where: { versionId: { not: null }, node: { poolId } } });
  return { adapters, nodes: nodes.map(({ name }) => name) };
}

/** What keeps a pool from being deleted; `routes` counts adapters whose customer's own endpoint answers for now. */
export async function usesOf(tx: Tx, poolId: string) {
  const { client } = tx;
  return {
    nodes: await client.node.count({ where: { poolId } }),
    versions: await client.adapterVersion.count({ where: { adapter: { poolId }, state: { not: "deleted" } } }),
    imports: await client.import.count({ where: { poolId, state: { in: ["open", "importing"] } } }),
    routes: await client.adapter.count({
      where: { poolId, route: { originEndpointId: { not: null }, originEndedAt: null } },
    }),
  };
}

/** Deletes it with its adapters. @returns their slugs */
export async function deletePoolRow(tx: Tx, poolId: string): Promise<string[]> {
  const adapters = await tx.client.adapter.findMany({
    where: { poolId },
    orderBy: { id: "asc" },
    select: { slug: true },
  });
  await tx.client.adapter.deleteMany({ where: { poolId } });
  await tx.client.pool.delete({ where: { id: poolId } });
  return adapters.map(({ slug }) => slug);
}
