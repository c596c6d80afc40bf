import { seededChance } from "#lib/lora-cache/bursty-trace.ts";
import type { Database } from "#lib/platform/db.ts";
import { bundleGateway, type GatewayProcess, startGatewayProcess } from "#lib/testbed/gateway-process.ts";
import { type BenchPostgres, startBenchPostgres } from "#lib/testbed/postgres.ts";
import { addServingPool, addTrustedKey, type ServingPool, type TenantPlan } from "#lib/testbed/serving-store.ts";
import { CheckedNode } from "./checked-node.ts";
import type { NodePace } from "./node-messages.ts";

/** The real gateway process on a real Postgres, in front of nodes that check what they are sent. */
export type SoakWorld = {
  postgres: BenchPostgres;
  db: Database;
  gateway: GatewayProcess;
  nodes: CheckedNode[];
  pool: ServingPool;
  trustedKey: string;
  close(): Promise<void>;
};

export type SoakPlan = {
  nodes: number;
  tenants: readonly TenantPlan[];
  maxLoras: number;
  pace: NodePace;
};

/** Starts all of it. @throws Error when a part does not get ready */
export async function openSoakWorld(plan: SoakPlan): Promise<SoakWorld> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const step of undo.reverse()) await step();
  };
  try {
    const postgres = await startBenchPostgres();
    undo.push(() => postgres.stop());
    const databaseUrl = await postgres.freshUrl();
    const db = postgres.open(databaseUrl);
    undo.push(() => db.close());
    const nodes: CheckedNode[] = [];
    for (let index = 1; index <= plan.nodes; index += 1) nodes.push(await CheckedNode.at(`node-${index}`, plan.pace));
    const pool = await addServingPool(db, { slug: "soak", nodes, tenants: plan.tenants, maxLoras: plan.maxLoras });
    const trustedKey = await addTrustedKey(db);
    undo.push(() => Promise.all(nodes.map((node) => node.stop())));
    await Promise.all(nodes.map((node) => node.start(loraNamesOf(pool))));
    const gateway = await startGatewayProcess({ bundle: await bundleGateway(), databaseUrl, core: null });
    undo.push(() => gateway.stop());
    return { postgres, db, gateway, nodes, pool, trustedKey, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Every version's name, as a node lists it. */
export const loraNamesOf = ({ tenants }: ServingPool): string[] =>
  tenants.flatMap(({ adapters }) => adapters.flatMap(({ versions }) => versions.map(({ loraName }) => loraName)));

/** What the nodes were sent that no node may be sent, over all of them; each kind once, with how often. */
export async function violationsOf(nodes: readonly CheckedNode[]): Promise<string[]> {
  const reports = await Promise.all(nodes.map((node) => node.report()));
  return reports.flatMap(({ violations }, index) =>
    Object.entries(violations).map(([what, count]) => `${nodes[index]?.name} got ${what} (${count} times)`),
  );
}

/** One of the streams of chance of a run: neighbouring seeds and streams have nothing to do with each other. */
export function chanceOf(seed: number, stream: number): () => number {
  const chance = seededChance((seed * 0x9e3779b1) ^ (stream * 0x85ebca6b));
  for (let count = 0; count < 16; count += 1) chance();
  return chance;
}
