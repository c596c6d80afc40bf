import { decodeSortedCursor, encodeSortedCursor } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { AdapterFilter, AdapterSort } from "../browser/adapter-query.ts";
import type { Adapter, VersionStatus } from "../schema.ts";
import { FILES_HOLDER } from "../versions/version-status.ts";
import { likeText, type SearchWord, searchWords } from "./adapter-search.ts";
import { readAdapters } from "./adapter-store.ts";

export type AdapterListQuery = PageQuery & AdapterFilter & { sort?: AdapterSort | undefined };

/** How an order is computed; text is cut so that a cursor stays short. */
type SortKey = { sql: Prisma.Sql; kind: "string" | "number"; needsNewest?: true };

const MILLISECONDS = (column: string) => Prisma.raw(`COALESCE((EXTRACT(EPOCH FROM ${column}) * 1000)::bigint, -1)`);
const SORT_KEYS: Record<string, SortKey> = {
  name: { sql: Prisma.sql`left(lower(a."name"), 40)`, kind: "string" },
  tenant: { sql: Prisma.sql`left(lower(t."name"), 40)`, kind: "string" },
  rank: { sql: Prisma.sql`COALESCE(n."rank", -1)::bigint`, kind: "number", needsNewest: true },
  size: { sql: Prisma.sql`COALESCE(n."sizeBytes", -1)`, kind: "number", needsNewest: true },
  live_since: { sql: MILLISECONDS('r."liveSince"'), kind: "number" },
  updated: { sql: MILLISECONDS('n."createdAt"'), kind: "number", needsNewest: true },
};
/** Ids are UUIDv7: newest first is the largest id first. */
const BY_AGE: SortKey = { sql: Prisma.sql`0::bigint`, kind: "number" };

/** The newest version that is not deleted; read only where a filter or an order asks for it. */
const NEWEST = Prisma.sql`
  LEFT JOIN LATERAL (
    SELECT v."id", v."state", v."rank", v."sizeBytes", v."createdAt" FROM "AdapterVersion" v
    WHERE v."adapterId" = a."id" AND v."state" <> 'deleted' ORDER BY v."number" DESC LIMIT 1
  ) n ON true`;
const LIVE = Prisma.sql`LEFT JOIN "AdapterVersion" l ON l."id" = r."liveVersionId"`;

/** The same decision as `statusOf` in version-status.ts, for the database. */
function hasStatus(status: VersionStatus): Prisma.Sql {
  const held = Prisma.sql`EXISTS (SELECT 1 FROM "VersionRetention" h WHERE h."versionId" = n."id" AND h."holder" <> ${FILES_HOLDER})`;
  const isIdle = Prisma.sql`n."state" = 'ready' AND n."id" IS DISTINCT FROM r."liveVersionId"`;
  switch (status) {
    case "live":
      return Prisma.sql`l."state" = 'ready'`;
    case "staged":
      return Prisma.sql`${isIdle} AND ${held}`;
    case "ready":
      return Prisma.sql`${isIdle} AND NOT ${held}`;
    default:
      return Prisma.sql`(n."state" = ${status}::"VersionState" OR l."state" = ${status}::"VersionState")`;
  }
}

function matchesWord(word: SearchWord): Prisma.Sql {
  const versions = (condition: Prisma.Sql) =>
    Prisma.sql`a."id" IN (SELECT v."adapterId" FROM "AdapterVersion" v WHERE ${condition})`;
  switch (word.kind) {
    case "id":
      return Prisma.sql`(a."id" = ${word.id} OR a."tenantId" = ${word.id} OR ${versions(Prisma.sql`v."id" = ${word.id}`)})`;
    case "digest":
      return Prisma.sql`(${versions(Prisma.sql`v."digest" LIKE ${`${likeText(word.prefix)}%`}`)} OR ${hasText(word.prefix)})`;
    case "lora_name":
      return versions(Prisma.sql`v."loraName" LIKE ${`${likeText(word.prefix)}%`}`);
    case "text":
      return hasText(word.text);
  }
}

const hasText = (text: string): Prisma.Sql => {
  const pattern = `%${likeText(text)}%`;
  return Prisma.sql`(a."slug" LIKE ${pattern} OR a."name" ILIKE ${pattern} OR t."slug" LIKE ${pattern} OR t."name" ILIKE ${pattern})`;
};

/** FROM and WHERE of everything that matches, inside the caller's scope. */
function matching(tx: Tx, filter: AdapterFilter, needsNewest: boolean): Prisma.Sql {
  const { q, tenantId, poolId, status, rank } = filter;
  const conditions = [
    ...(tx.scope.kind === "tenant" ? [Prisma.sql`a."tenantId" = ${tx.scope.tenantId}`] : []),
    ...(tenantId ? [Prisma.sql`a."tenantId" = ${tenantId}`] : []),
    ...(poolId ? [Prisma.sql`a."poolId" = ${poolId}`] : []),
    ...(status ? [hasStatus(status)] : []),
    ...(rank ? [Prisma.sql`(n."rank" = ${rank} OR l."rank" = ${rank})`] : []),
    ...(q ? searchWords(q).map(matchesWord) : []),
  ];
  const looksAtVersions = status !== undefined || rank !== undefined;
  return Prisma.sql`
    FROM "Adapter" a
    JOIN "Tenant" t ON t."id" = a."tenantId"
    JOIN "Route" r ON r."adapterId" = a."id"
    ${looksAtVersions ? LIVE : Prisma.empty}
    ${looksAtVersions || needsNewest ? NEWEST : Prisma.empty}
    ${conditions.length > 0 ? Prisma.sql`WHERE ${Prisma.join(conditions, " AND ")}` : Prisma.empty}`;
}

/** A page of adapters, and how many match in all. @throws AppError `invalid` (`bad_cursor`) */
export async function listAdapters(tx: Tx, query: AdapterListQuery): Promise<Page<Adapter> & { total: number }> {
  const order = query.sort ?? "-added";
  const key = SORT_KEYS[order.replace(/^-/, "")] ?? BY_AGE;
  const isDown = order.startsWith("-");
  const after = query.cursor ? decodeSortedCursor(query.cursor, order, key.kind) : null;
  const place =
    after && Prisma.sql`(${after.value}::${Prisma.raw(key.kind === "number" ? "bigint" : "text")}, ${after.id})`;
  const direction = Prisma.raw(isDown ? "DESC" : "ASC");
  const rows = await tx.client.$queryRaw<{ id: string; key: string | bigint; total: number }[]>`
    WITH matching AS MATERIALIZED (SELECT a."id", ${key.sql} AS "key" ${matching(tx, query, key.needsNewest ?? false)})
    SELECT "id", "key", (SELECT count(*)::int FROM matching) AS "total" FROM matching
    ${place ? Prisma.sql`WHERE ("key", "id") ${Prisma.raw(isDown ? "<" : ">")} ${place}` : Prisma.empty}
    ORDER BY "key" ${direction}, "id" ${direction} LIMIT ${query.limit + 1}`;
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const hasMore = rows.length > query.limit && last !== undefined;
  const numberOf = (value: string | bigint) => (typeof value === "bigint" ? Number(value) : value);
  return {
    items: await readAdapters(
      tx,
      page.map(({ id }) => id),
    ),
    nextCursor: hasMore ? encodeSortedCursor(order, { value: numberOf(last.key), id: last.id }) : null,
    total: rows[0]?.total ?? 0,
  };
}

/** Ids of what a filter matches, newest first, for an action on all of them. @param limit more than this is cut off */
export async function matchingAdapterIds(tx: Tx, filter: AdapterFilter, limit: number): Promise<string[]> {
  const rows = await tx.client.$queryRaw<{ id: string }[]>`
    SELECT a."id" ${matching(tx, filter, false)} ORDER BY a."id" DESC LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}
