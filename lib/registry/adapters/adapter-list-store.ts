import { decodeSortedCursor, encodeSortedCursor } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { AdapterFilter, AdapterSort } from "../browser/adapter-query.ts";
import type { Adapter, VersionStatus } from "../schema.ts";
import { CANDIDATE_HOLDER, FILES_HOLDER } from "../versions/version-status.ts";
import { likeText, type SearchWord, searchWords } from "./adapter-search.ts";
import { readAdapters } from "./adapter-store.ts";

export type AdapterListQuery = PageQuery & AdapterFilter & { sort?: AdapterSort | undefined };

/** Tables a condition or an order looks at, besides the adapter and its route; what nobody looks at is not joined. */
type Table = "tenant" | "live" | "newest";
type Condition = { sql: Prisma.Sql; needs: readonly Table[] };
/** How an order is computed; text is cut so that a cursor stays short. */
type SortKey = Condition & { kind: "string" | "number" };

const MILLISECONDS = (column: string) => Prisma.raw(`COALESCE((EXTRACT(EPOCH FROM ${column}) * 1000)::bigint, -1)`);
const NOT_ARCHIVED = Prisma.sql`a."tenantId" NOT IN (SELECT "id" FROM "Tenant" WHERE "status" = 'archived')`;
const SORT_KEYS: Record<string, SortKey> = {
  name: { sql: Prisma.sql`left(lower(a."name"), 40)`, kind: "string", needs: [] },
  tenant: { sql: Prisma.sql`left(lower(t."name"), 40)`, kind: "string", needs: ["tenant"] },
  rank: { sql: Prisma.sql`COALESCE(n."rank", -1)::bigint`, kind: "number", needs: ["newest"] },
  size: { sql: Prisma.sql`COALESCE(n."sizeBytes", -1)`, kind: "number", needs: ["newest"] },
  live_since: { sql: MILLISECONDS('r."liveSince"'), kind: "number", needs: [] },
  updated: { sql: MILLISECONDS('n."createdAt"'), kind: "number", needs: ["newest"] },
};
/** Ids are UUIDv7: newest first is the largest id first. */
const BY_AGE: SortKey = { sql: Prisma.sql`0::bigint`, kind: "number", needs: [] };

const JOINS: Record<Table, Prisma.Sql> = {
  tenant: Prisma.sql`JOIN "Tenant" t ON t."id" = a."tenantId"`,
  live: Prisma.sql`LEFT JOIN "AdapterVersion" l ON l."id" = r."liveVersionId"`,
  // the newest version that is not deleted
  newest: Prisma.sql`
    LEFT JOIN LATERAL (
      SELECT v."id", v."state", v."rank", v."sizeBytes", v."createdAt", v."rolledBackAt" FROM "AdapterVersion" v
      WHERE v."adapterId" = a."id" AND v."state" <> 'deleted' ORDER BY v."number" DESC LIMIT 1
    ) n ON true`,
};

const hasVersion = (condition: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`a."id" IN (SELECT v."adapterId" FROM "AdapterVersion" v WHERE ${condition})`;

/** The same decision as `statusOf` in version-status.ts, for the database. */
function hasStatus(status: VersionStatus): Condition {
  const held = Prisma.sql`EXISTS (SELECT 1 FROM "VersionRetention" h WHERE h."versionId" = n."id" AND h."holder" <> ${FILES_HOLDER})`;
  const isCandidate = Prisma.sql`EXISTS (SELECT 1 FROM "VersionRetention" h WHERE h."versionId" = n."id" AND h."holder" ~ ${CANDIDATE_HOLDER.source})`;
  const isOut = Prisma.sql`(n."rolledBackAt" IS NOT NULL AND NOT ${isCandidate})`;
  const isIdle = Prisma.sql`n."state" = 'ready' AND n."id" IS DISTINCT FROM r."liveVersionId"`;
  switch (status) {
    case "live":
      return { sql: Prisma.sql`l."state" = 'ready'`, needs: ["live"] };
    case "staged":
      return { sql: Prisma.sql`${isIdle} AND ${held} AND NOT ${isOut}`, needs: ["newest"] };
    case "rolled_back":
      return { sql: Prisma.sql`${isIdle} AND ${isOut}`, needs: ["newest"] };
    case "ready":
      return { sql: Prisma.sql`${isIdle} AND NOT ${held} AND NOT ${isOut}`, needs: ["newest"] };
    default:
      return {
        // few versions are in one of these states: the first condition leaves little for the second to look at
        sql: Prisma.sql`${hasVersion(Prisma.sql`v."state" = ${status}::"VersionState"`)}
          AND (n."state" = ${status}::"VersionState" OR l."state" = ${status}::"VersionState")`,
        needs: ["live", "newest"],
      };
  }
}

function matchesWord(word: SearchWord): Condition {
  switch (word.kind) {
    case "id": {
      const isVersion = hasVersion(Prisma.sql`v."id" = ${word.id}`);
      return { sql: Prisma.sql`(a."id" = ${word.id} OR a."tenantId" = ${word.id} OR ${isVersion})`, needs: [] };
    }
    case "digest": {
      const begins = hasVersion(Prisma.sql`v."digest" LIKE ${`${likeText(word.prefix)}%`}`);
      return { sql: Prisma.sql`(${begins} OR ${hasText(word.prefix)})`, needs: ["tenant"] };
    }
    case "lora_name":
      return { sql: hasVersion(Prisma.sql`v."loraName" LIKE ${`${likeText(word.prefix)}%`}`), needs: [] };
    case "text":
      return { sql: hasText(word.text), needs: ["tenant"] };
  }
}

const hasText = (text: string): Prisma.Sql => {
  const pattern = `%${likeText(text)}%`;
  return Prisma.sql`(a."slug" LIKE ${pattern} OR a."name" ILIKE ${pattern} OR t."slug" LIKE ${pattern} OR t."name" ILIKE ${pattern})`;
};

/** FROM and WHERE of everything that matches, inside the caller's scope. */
function matching(tx: Tx, filter: AdapterFilter, sorted: readonly Table[]): Prisma.Sql {
  const { q, tenantId, poolId, status, rank } = filter;
  const plain = (sql: Prisma.Sql): Condition => ({ sql, needs: [] });
  const conditions: Condition[] = [
    ...(tx.scope.kind === "tenant" ? [plain(Prisma.sql`a."tenantId" = ${tx.scope.tenantId}`)] : []),
    // what an archived tenant had is listed only where somebody asks for that tenant
    plain(tenantId ? Prisma.sql`a."tenantId" = ${tenantId}` : NOT_ARCHIVED),
    ...(poolId ? [plain(Prisma.sql`a."poolId" = ${poolId}`)] : []),
    ...(status ? [hasStatus(status)] : []),
    ...(rank
      ? [{ sql: Prisma.sql`(n."rank" = ${rank} OR l."rank" = ${rank})`, needs: ["live", "newest"] as const }]
      : []),
    ...(q ? searchWords(q).map(matchesWord) : []),
  ];
  const needed = new Set([...sorted, ...conditions.flatMap(({ needs }) => needs)]);
  const joins = (["tenant", "live", "newest"] as const).flatMap((table) => (needed.has(table) ? [JOINS[table]] : []));
  const where = conditions.map(({ sql }) => sql);
  return Prisma.sql`
    FROM "Adapter" a
    JOIN "Route" r ON r."adapterId" = a."id"
    ${joins.length > 0 ? Prisma.join(joins, " ") : Prisma.empty}
    ${where.length > 0 ? Prisma.sql`WHERE ${Prisma.join(where, " AND ")}` : Prisma.empty}`;
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
    WITH matching AS MATERIALIZED (SELECT a."id", ${key.sql} AS "key" ${matching(tx, query, key.needs)})
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
    SELECT a."id" ${matching(tx, filter, [])} ORDER BY a."id" DESC LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}
