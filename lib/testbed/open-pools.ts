import type { Database } from "#lib/platform/db.ts";
import { bundleGateway, startGatewayProcess } from "./gateway-process.ts";
import { type Keep, stop } from "./opened.ts";
import { startBenchPostgres } from "./postgres.ts";
import { addServingPool, type ServingPool } from "./serving-store.ts";
import { openSimFleet, type SimFleet } from "./sim-fleet.ts";

/** What an operator gets who changes nothing. */
const MAX_IN_FLIGHT = 256;

type PoolPlan = { slug: string; tenants: readonly { slug: string; versions: number }[] };
export type OpenPool = ServingPool & { fleet: SimFleet; loraNames: string[] };

/** The real gateway on a real Postgres, with simulated nodes behind each pool on which every version is loaded. */
export async function openPools(
  keep: Keep,
  limits: { nodes: number; maxLoras: number; maxCpuLoras: number },
  plans: readonly PoolPlan[],
): Promise<{ db: Database; port: number; pools: OpenPool[] }> {
  const postgres = keep(await startBenchPostgres(), stop);
  const databaseUrl = await postgres.freshUrl();
  const db = keep(postgres.open(databaseUrl), (open) => open.close());
  const pools: OpenPool[] = [];
  for (const { slug, tenants } of plans) {
    const loraNames = tenants.flatMap((tenant) =>
      Array.from({ length: tenant.versions }, (_, at) => `${tenant.slug}--support--v${at + 1}-0123456789ab`),
    );
    const fleet = await openSimFleet(keep, { ...limits, loraNames });
    const pool = await addServingPool(db, {
      ...{ ...limits, slug, maxInFlight: MAX_IN_FLIGHT },
      nodes: fleet.urls.map((baseUrl, at) => ({ name: `${slug}-${at + 1}`, baseUrl })),
      tenants: tenants.map((tenant) => ({ ...tenant, adapters: ["support"], fallback: "reject" as const })),
    });
    pools.push({ ...pool, fleet, loraNames });
  }
  const options = { bundle: await bundleGateway(), databaseUrl, core: null };
  const { port } = keep(await startGatewayProcess(options), stop);
  return { db, port, pools };
}

/** @returns so many tenants, with one version each */
export const tenantsOf = (count: number, prefix = "") =>
  Array.from({ length: count }, (_, at) => ({ slug: `${prefix}tenant-${at}`, versions: 1 }));
