import { decodeSortedCursor, encodeSortedCursor } from "#lib/http/cursor.ts";
import type { Page } from "#lib/http/schema.ts";
import type { Histogram } from "#lib/metrics/histogram.ts";
import { readNodeRollups } from "#lib/metrics/node-minute/rollup-store.ts";
import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { RequestOutcome, RequestQuery } from "./browser/request-schema.ts";

const OUTCOME_WHERE: Record<RequestOutcome, Prisma.RequestWhereInput> = {
  answered: { status: { lt: 400 }, fallbackReason: null },
  fallback: { status: { lt: 400 }, fallbackReason: { not: null } },
  refused: { status: { gte: 400, lt: 500, not: 429 } },
  shed: { status: 429 },
  failed: { status: { gte: 500 } },
};

type StoredTrace = Prisma.RequestGetPayload<object>;
/** A trace of a request whose tenant was known. */
export type OwnedTrace = StoredTrace & { tenantId: string };

const isOwned = (trace: StoredTrace): trace is OwnedTrace => trace.tenantId !== null;
/** Two ranges of the same field, joined: the caller's filter never widens the scope. */
const scoped = (tx: Tx): Prisma.RequestWhereInput => ({ tenantId: { not: null }, AND: [tenantWhere(tx.scope)] });

/** One request, inside the caller's scope; null = there is none. */
export async function findRequest(tx: Tx, id: string): Promise<OwnedTrace | null> {
  const trace = await tx.client.request.findFirst({ where: { id, ...scoped(tx) } });
  return trace && isOwned(trace) ? trace : null;
}

const ORDER = "arrived";

/** Newest first. */
export async function listRequestRows(
  tx: Tx,
  query: Omit<RequestQuery, "from" | "to"> & { from: Date; to: Date },
): Promise<Page<OwnedTrace>> {
  const after = query.cursor === undefined ? null : decodeSortedCursor(query.cursor, ORDER, "number");
  const afterAt = after && new Date(after.value);
  const rows = await tx.client.request.findMany({
    where: {
      tenantId: query.tenantId ?? { not: null },
      kind: query.kind,
      arrivedAt: { gte: query.from, lt: query.to },
      ...(query.adapterId === undefined ? {} : { adapterId: query.adapterId }),
      ...(query.nodeId === undefined ? {} : { nodeId: query.nodeId }),
      ...(query.via === undefined ? {} : { via: query.via }),
      AND: [
        tenantWhere(tx.scope),
        query.status === undefined ? {} : OUTCOME_WHERE[query.status],
        after && afterAt ? { OR: [{ arrivedAt: { lt: afterAt } }, { arrivedAt: afterAt, id: { lt: after.id } }] } : {},
      ],
    },
    orderBy: [{ arrivedAt: "desc" }, { id: "desc" }],
    take: query.limit + 1,
  });
  const items = rows.slice(0, query.limit).filter(isOwned);
  const last = items.at(-1);
  const nextCursor =
    rows.length > query.limit && last
      ? encodeSortedCursor(ORDER, { value: last.arrivedAt.getTime(), id: last.id })
      : null;
  return { items, nextCursor };
}

/** Names of what traces refer to; what is gone, or not the caller's to see, is absent. */
export async function namesOf(
  tx: Tx,
  traces: readonly Pick<OwnedTrace, "tenantId" | "adapterId" | "versionId" | "nodeId">[],
) {
  const among = (key: "tenantId" | "adapterId" | "versionId" | "nodeId") => ({
    id: { in: [...new Set(traces.map((trace) => trace[key]).filter((id) => id !== null))] },
  });
  const isStaff = tx.scope.kind === "platform";
  const tenants = await tx.client.tenant.findMany({
    where: among("tenantId"),
    select: { id: true, slug: true, name: true },
  });
  const adapters = await tx.client.adapter.findMany({ where: among("adapterId"), select: { id: true, slug: true } });
  const versions = await tx.client.adapterVersion.findMany({
    where: among("versionId"),
    select: { id: true, number: true },
  });
  const nodes = isStaff
    ? await tx.client.node.findMany({ where: among("nodeId"), select: { id: true, name: true } })
    : [];
  const byId = <T extends { id: string }>(rows: readonly T[]) => new Map(rows.map((row) => [row.id, row]));
  return { tenants: byId(tenants), adapters: byId(adapters), versions: byId(versions), nodes: byId(nodes) };
}
export type Names = Awaited<ReturnType<typeof namesOf>>;

export const findRequestKey = (tx: Tx, id: string) =>
  tx.client.apiKey.findFirst({
    where: { id, ...(tx.scope.kind === "tenant" ? { tenantId: tx.scope.tenantId } : {}) },
    select: { id: true, name: true, prefix: true },
  });

/** For staff: endpoints are the platform's. */
export const findEndpointName = (tx: Tx, id: string) =>
  tx.client.endpoint.findUnique({ where: { id }, select: { id: true, name: true } });

/** What a node's engine told of moving weights in one minute; a figure it does not tell is null. */
export type MinuteOfNode = {
  simulated: boolean;
  evictions: number | null;
  swapsFromCpu: number | null;
  swapsFromDisk: number | null;
  swapSecondsFromCpu: Histogram | null;
  swapSecondsFromDisk: Histogram | null;
};

/** The minutes of a node that overlap a window, as far as they were seen. */
export async function readNodeMinutes(
  tx: Tx,
  nodeId: string,
  window: { from: Date; to: Date },
): Promise<MinuteOfNode[]> {
  const from = new Date(window.from.getTime() - 60_000 + 1);
  const to = new Date(window.to.getTime() + 1);
  const rows = await readNodeRollups(tx, { nodeIds: [nodeId], stepSeconds: 60, from, to });
  return rows.map(({ simulated, data: { counters, histograms } }) => ({
    simulated,
    evictions: counters["evictions.gpu"] ?? null,
    swapsFromCpu: counters["swaps.cpu"] ?? null,
    swapsFromDisk: counters["swaps.disk"] ?? null,
    swapSecondsFromCpu: histograms["swapSeconds.cpu"] ?? null,
    swapSecondsFromDisk: histograms["swapSeconds.disk"] ?? null,
  }));
}
