import { readFileSync } from "node:fs";
import type { Database } from "#lib/platform/db.ts";
import { bundleGateway, type GatewayProcess, startGatewayProcess } from "#lib/testbed/gateway-process.ts";
import { stop, withOpened } from "#lib/testbed/opened.ts";
import { startBenchPostgres } from "#lib/testbed/postgres.ts";
import { addServingPool, pointRoute, type ServingTenant } from "#lib/testbed/serving-store.ts";
import type { Measured } from "../judge.ts";

const ADAPTERS = 1_000;
const NODES = 20;
/** Until V8 has compiled what reads and builds. */
const WARM_UP = 10;
const REBUILDS = 20;
const NOTICED_MS = 60_000;

/**
 * How long a request waits at most while routing is read again and rebuilt: 1,000 adapters, each proven on 20 nodes. A value
 * a rebuild, in ms of CPU of the gateway's request thread, so that other programs on the machine do not count.
 */
export const measureRebuild = (log: (line: string) => void): Promise<Measured> =>
  withOpened(async (keep) => {
    const postgres = keep(await startBenchPostgres(), stop);
    const databaseUrl = await postgres.freshUrl();
    const db = keep(postgres.open(databaseUrl), (open) => open.close());
    const { tenants } = await addServingPool(db, {
      slug: "rebuild",
      nodes: numbered(NODES, (number) => ({ name: `rebuild-${number}`, baseUrl: `http://127.0.0.1:1/${number}` })),
      tenants: numbered(ADAPTERS, (number) => ({ slug: `tenant-${number}`, adapters: ["support"], versions: 1 })),
    });
    const options = { bundle: await bundleGateway(), databaseUrl, core: null };
    const gateway = keep(await startGatewayProcess(options), stop);
    const holds: number[] = [];
    for (const tenant of tenants.slice(0, WARM_UP + REBUILDS)) holds.push(await longestHold(db, gateway, tenant));
    const ours = holds.slice(WARM_UP);
    const most = Math.max(...ours).toFixed(1);
    log(`rebuild of ${ADAPTERS} adapters x ${NODES} nodes holds a request for ${most} ms at most`);
    return { metric: "rebuild_longest_hold", ours };
  });

const numbered = <T>(count: number, make: (number: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index + 1));

/** Changes one route, and asks for its models, one request after the other, until the gateway goes by the change. */
async function longestHold(db: Database, gateway: GatewayProcess, { key, adapters }: ServingTenant): Promise<number> {
  const headers = { authorization: `Bearer ${key}` };
  for (const { id } of adapters) await pointRoute(db, id, null);
  let longest = 0;
  const deadline = performance.now() + NOTICED_MS;
  for (let isLive = true; isLive; ) {
    const before = threadCpuMs(gateway.pid);
    const reply = await fetch(`http://127.0.0.1:${gateway.port}/v1/models`, { headers });
    isLive = ((await reply.json()) as { data: unknown[] }).data.length > 0;
    longest = Math.max(longest, threadCpuMs(gateway.pid) - before);
    if (performance.now() > deadline) throw new Error(`the gateway kept its routing: ${gateway.output()}`);
  }
  return longest;
}

/** CPU time of a process's first thread, in ms. */
const threadCpuMs = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
