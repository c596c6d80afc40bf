import type { Database } from "#lib/platform/db.ts";
import { platformScope } from "#lib/platform/scope.ts";

export const TENANTS = 1000;
export const ADAPTERS = 10_000;
export const VERSIONS_EACH = 3;

/** Ids as the product makes them, but from a number: 32 hex digits after the prefix. */
export const idAt = (prefix: string, number: number): string => `${prefix}_${number.toString(16).padStart(32, "0")}`;

/**
 * Fills a catalog: ten adapters a tenant, three versions each (the second live, the third ready, rejected, a draft or
 * retained), with a check report and norms as large as real ones, so that rows weigh what they weigh in use.
 */
export async function fillCatalog(db: Database, poolIds: readonly [string, string]): Promise<void> {
  await db.write(platformScope, async ({ client }) => {
    await client.$executeRaw`
      INSERT INTO "Tenant" ("id", "slug", "name", "updatedAt")
      SELECT 'ten_' || lpad(to_hex(i), 32, '0'), 'tenant-' || i, 'Tenant ' || md5(i::text), now()
      FROM generate_series(0, ${TENANTS - 1}::int) i`;
    await client.$executeRaw`
      INSERT INTO "Adapter" ("id", "tenantId", "poolId", "slug", "name", "isDefault", "updatedAt")
      SELECT 'adp_' || lpad(to_hex(i), 32, '0'), 'ten_' || lpad(to_hex(i / 10), 32, '0'),
        CASE WHEN i % 4 = 0 THEN ${poolIds[0]} ELSE ${poolIds[1]} END, 'bot-' || i % 10,
        (ARRAY['Support bot', 'Order desk', 'Claims desk', 'Billing helper'])[1 + i % 4] || ' ' || i, i % 10 = 0, now()
      FROM generate_series(0, ${ADAPTERS - 1}::int) i`;
  });
  const batch = ADAPTERS / 10;
  for (let begin = 0; begin < ADAPTERS; begin += batch) await addVersions(db, begin, begin + batch - 1);
  await db.write(platformScope, async ({ client }) => {
    await client.$executeRaw`
      INSERT INTO "Route" ("id", "tenantId", "adapterId", "liveVersionId", "previousVersionId", "liveSince", "updatedAt")
      SELECT 'rte_' || lpad(to_hex(i), 32, '0'), a."tenantId", a."id",
        CASE WHEN i % 5 > 0 THEN 'ver_' || lpad(to_hex(i * 3 + 1), 32, '0') END,
        CASE WHEN i % 5 > 0 THEN 'ver_' || lpad(to_hex(i * 3), 32, '0') END,
        CASE WHEN i % 5 > 0 THEN now() - i * interval '1 minute' END, now()
      FROM generate_series(0, ${ADAPTERS - 1}::int) i JOIN "Adapter" a ON a."id" = 'adp_' || lpad(to_hex(i), 32, '0')`;
    await client.$executeRaw`
      INSERT INTO "VersionRetention" ("versionId", "holder", "tenantId", "reason")
      SELECT v."id", 'stage:' || v."id", v."tenantId", 'staged' FROM "AdapterVersion" v
      WHERE v."number" = 2 OR (v."number" = 3 AND v."state" = 'ready' AND right(v."id", 1) < '8')`;
  });
  // what autovacuum would have done by the time a catalog is this large
  await db.write(platformScope, ({ client }) => client.$executeRaw`ANALYZE`);
}

const addVersions = (db: Database, from: number, to: number): Promise<unknown> =>
  db.write(
    platformScope,
    ({ client }) => client.$executeRaw`
      INSERT INTO "AdapterVersion" ("id", "tenantId", "adapterId", "number", "state", "digest", "loraName", "sizeBytes",
        "rank", "alpha", "targetModules", "checkReport", "moduleNorms", "origin", "updatedAt")
      SELECT 'ver_' || lpad(to_hex(i * 3 + n - 1), 32, '0'), a."tenantId", a."id", n,
        (CASE WHEN n < 3 OR i % 4 = 0 THEN 'ready' WHEN i % 4 = 1 THEN 'rejected' WHEN i % 4 = 2 THEN 'draft' ELSE 'retired'
          END)::"VersionState",
        encode(sha256((i || '/' || n)::bytea), 'hex'),
        'tenant-' || i / 10 || '--' || a."slug" || '--v' || n || '-' || left(encode(sha256((i || '/' || n)::bytea), 'hex'), 12),
        41000000 + i * 3 + n, (ARRAY[8, 16, 32, 64])[1 + (i + n) % 4], 32, ARRAY['q_proj', 'v_proj'], report.r, report.r,
        '{"by":"bench","at":"2026-11-24T10:00:00.000Z","source":"upload","note":null}', now()
      FROM generate_series(${from}::int, ${to}::int) i
      JOIN "Adapter" a ON a."id" = 'adp_' || lpad(to_hex(i), 32, '0')
      CROSS JOIN generate_series(1, ${VERSIONS_EACH}::int) n
      CROSS JOIN LATERAL (SELECT jsonb_object_agg(md5((i * 3 + n + k)::text), md5((i * 7 + n * k)::text)) AS r
        FROM generate_series(1, 48) k) report`,
  );
