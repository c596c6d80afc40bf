import { join } from "node:path";
import { CHART_METRICS, TENANT_CHART_METRICS } from "#lib/metrics/browser/chart-metrics.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { BENCH_ADMIN, type BenchApi, openBenchApi } from "#lib/testbed/api.ts";
import { startBenchPostgres } from "#lib/testbed/postgres.ts";
import { median } from "#lib/testbed/quantile.ts";
import type { Measured } from "../judge.ts";
import { CACHE, fetchDebian, firstLine, firstOf } from "../peers.ts";
import { timeBoard } from "./board.ts";
import { NODES, nodeId, seedFleet, tenantId } from "./seed.ts";
import { FLEET_P95, NODE_P95, startVictoriaMetrics, type VictoriaMetrics } from "./victoria-metrics.ts";

const HOUR = 3_600_000;
const WARM_UP = 1;
const TIMES = 5;

type Asked = { metric: string; query: string };

type Options = { runs: number; peers: boolean; log(line: string): void; build(): Promise<void> };

/**
 * Job `charts`: the product's API on 24 hours and 30 days of 100 nodes, one call after the other, in turn with
 * VictoriaMetrics on the same histograms. About a minute to fill, two with the peer.
 */
export async function runCharts(options: Options): Promise<Measured[]> {
  const now = new Date();
  const program = await findProgram(options);
  const postgres = await startBenchPostgres();
  let peer: VictoriaMetrics | null = null;
  try {
    if (program !== null) peer = await startVictoriaMetrics(program, NODES, now);
    const url = await postgres.freshUrl();
    const api = await openBenchApi(postgres, url);
    try {
      await seedFleet(api.deps, url, await addPool(api), now);
      options.log("filled");
      const calls = await measure(api, peer, now, options);
      return [...calls, { metric: "board_of_24h_drawn", ours: await board(url, options) }];
    } finally {
      await api.close();
    }
  } finally {
    await postgres.stop();
    await peer?.stop();
  }
}

/** None when the console cannot be built, or no browser starts: the goal has no line then. */
async function board(url: string, { runs, log, build }: Options): Promise<number[]> {
  try {
    await build();
    return await timeBoard(url, BENCH_ADMIN, runs, log);
  } catch (error) {
    log(`the board could not be opened: ${firstLine(error)}`);
    return [];
  }
}

async function findProgram({ peers, log }: Options): Promise<string | null> {
  const debian = join(CACHE, "debian");
  const find = () => firstOf("victoria-metrics", [join(debian, "usr", "bin")]);
  if (peers && (await find()) === null)
    await fetchDebian(debian, ["victoria-metrics"]).catch((error) =>
      log(`VictoriaMetrics could not be fetched: ${firstLine(error)}`),
    );
  return find();
}

async function measure(api: BenchApi, peer: VictoriaMetrics | null, now: Date, { runs, log }: Options) {
  const from = new Date(now.getTime() - 24 * HOUR);
  const day = `from=${from.toISOString()}`;
  const month = `from=${new Date(now.getTime() - 30 * 24 * HOUR).toISOString()}&to=${now.toISOString()}`;
  const ours = { fleet: [] as number[], nodes: [] as number[], day: [] as number[], month: [] as number[] };
  const theirs = { fleet: [] as number[], warm: [] as number[], nodes: [] as number[] };
  const range = { from, to: now };
  for (let run = 0; run < runs; run += 1) {
    ours.fleet.push(await timeOf(api, { metric: "latency", query: day }));
    ours.nodes.push(await timeOf(api, { metric: "latency", query: `${day}&by=node` }));
    if (peer) {
      theirs.fleet.push(await middle(() => peer.ask(FLEET_P95, range, false)));
      theirs.warm.push(await middle(() => peer.ask(FLEET_P95, range, true)));
      theirs.nodes.push(await middle(() => peer.ask(NODE_P95, range, false)));
    }
    const last = (values: readonly number[]) => values.at(-1)?.toFixed(1) ?? "(not here)";
    log(
      `fleet p95 ${last(ours.fleet)} ms beside VictoriaMetrics' ${last(theirs.fleet)}, ${last(theirs.warm)} warm; ` +
        `by node ${last(ours.nodes)} beside ${last(theirs.nodes)}`,
    );
    ours.day.push(await slowest(api, dayCalls(day), log));
    ours.month.push(
      await slowest(
        api,
        CHART_METRICS.map((metric) => ({ metric, query: month })),
        log,
      ),
    );
  }
  return [
    { metric: "slowest_call_24h", ours: ours.day },
    { metric: "slowest_call_30_days", ours: ours.month },
  ] satisfies Measured[];
}

/** Every metric of the fleet, split by node, of one node, and of one tenant. */
const dayCalls = (day: string): Asked[] => [
  ...CHART_METRICS.map((metric) => ({ metric, query: day })),
  ...CHART_METRICS.map((metric) => ({ metric, query: `${day}&by=node` })),
  ...CHART_METRICS.map((metric) => ({ metric, query: `${day}&nodeId=${nodeId(7)}` })),
  ...TENANT_CHART_METRICS.map((metric) => ({ metric, query: `${day}&by=tenant` })),
  ...TENANT_CHART_METRICS.map((metric) => ({ metric, query: `${day}&tenantId=${tenantId(3)}` })),
];

async function slowest(api: BenchApi, calls: readonly Asked[], log: (line: string) => void): Promise<number> {
  let most = 0;
  for (const call of calls) {
    const ms = await timeOf(api, call);
    log(`${ms.toFixed(1)} ms  ${call.metric} ${call.query.replace(/(from|to)=[^&]*&?/g, "")}`);
    most = Math.max(most, ms);
  }
  return most;
}

/** Milliseconds of one call, from the request to the last byte of its answer: the middle of several. */
const timeOf = (api: BenchApi, { metric, query }: Asked): Promise<number> =>
  middle(async () => {
    const began = performance.now();
    const reply = await api.fetch(
      new Request(`http://localhost/api/v1/charts/${metric}?${query}`, {
        headers: { authorization: `Bearer ${api.adminKey}` },
      }),
    );
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${metric}?${query} answered ${reply.status}: ${text}`);
    return performance.now() - began;
  });

async function middle(ask: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < WARM_UP + TIMES; turn += 1) {
    const ms = await ask();
    if (turn >= WARM_UP) times.push(ms);
  }
  return median(times);
}

async function addPool({ deps }: BenchApi): Promise<string> {
  const id = "pool_0123456789abcdef0123456789abcdef";
  await deps.db.write(platformScope, ({ client }) =>
    client.pool.create({
      data: {
        ...{ id, slug: "bench", name: "Bench", baseModel: "bench/base", baseConfig: {}, dtype: "bfloat16" },
        ...{ architectureChecksum: "a", tokenizerChecksum: "t", adapterDirectory: "/adapters", maxModelLen: 8192 },
        ...{ maxLoras: 12, maxLoraRank: 16, maxCpuLoras: 48, gpuMemoryUtilization: 0.9 },
      },
    }),
  );
  return id;
}
