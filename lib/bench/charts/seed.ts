import pg from "pg";
import type { Deps } from "#lib/identity/ctx.ts";
import { PLATFORM_ROLE } from "#lib/platform/roles.ts";
import { idAt } from "../registry/many-adapters.ts";
import { seedTelemetry } from "./seed-telemetry.ts";

export const NODES = 100;
const TENANTS = 40;

export const nodeId = (index: number): string => idAt("node", index);
export const tenantId = (index: number): string => idAt("ten", index);

/** A fleet of 100 nodes in one pool and 40 tenants, with 31 days of telemetry. */
export async function seedFleet(deps: Deps, url: string, poolId: string, now: Date): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SET ROLE ${PLATFORM_ROLE}`);
    await seedCatalog(client, poolId);
  } finally {
    await client.end();
  }
  await seedTelemetry(deps, url, { nodes: NODES, tenants: TENANTS }, now);
}

async function seedCatalog(client: pg.Client, poolId: string): Promise<void> {
  await client.query(
    `INSERT INTO "Node" ("id", "poolId", "name", "baseUrl", "simulated", "updatedAt")
     SELECT 'node_' || lpad(to_hex(n), 32, '0'), $1, 'node-' || n, 'http://node-' || n || '.test', true, now()
     FROM generate_series(0, $2::int - 1) AS n`,
    [poolId, NODES],
  );
  await client.query(
    `INSERT INTO "Tenant" ("id", "slug", "name", "updatedAt")
     SELECT 'ten_' || lpad(to_hex(n), 32, '0'), 'tenant-' || n, 'Tenant ' || n, now() FROM generate_series(0, $1::int - 1) AS n`,
    [TENANTS],
  );
}
