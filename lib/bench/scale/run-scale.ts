import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WORKER_NODE_FLAGS } from "#lib/platform/node-flags.ts";
import { projectRoot } from "#lib/platform/project-root.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { freePorts } from "#lib/platform/supervisor/ports.ts";
import { type BenchApi, openBenchApi } from "#lib/testbed/api.ts";
import { bundleProgram } from "#lib/testbed/bundle-program.ts";
import { startFakeFleet } from "#lib/testbed/fake-fleet.ts";
import { SECRETS_KEY } from "#lib/testbed/gateway-process.ts";
import { startBenchPostgres } from "#lib/testbed/postgres.ts";
import { ask, type Program, startModule, startProgram } from "#lib/testbed/program.ts";
import { median, quantile } from "#lib/testbed/quantile.ts";
import { seedTelemetry } from "../charts/seed-telemetry.ts";
import type { Measured } from "../judge.ts";
import { type Call, CUSTOMER, callsAt, GROUPS, type Group } from "./calls.ts";
import { fillFleet, type LiveVersion, loadedByNode, planAdapters, type Size } from "./catalog.ts";
import type { WriterAnswer, WriterQuestion } from "./writer-child.ts";

const NODES = 200;
const SIZES: readonly Size[] = [
  { tenants: 500, nodes: NODES },
  { tenants: 1_000, nodes: NODES },
];
const PER_SECOND = 2_000;
const LOAD_MINUTES = 20;
/** Until V8 has compiled the worker and every placement was polled. */
const WARM_MS = 60_000;
const REST_MS = 60_000;
const TIMES = 5;
const SAMPLE_MS = 5_000;
/** Loops that want files behind the versions: there are none here. */
const LEFT_OUT = ["scrub"];
/** What takes less than this is no measure of growth: half of it is the call itself. */
const LEAST_MS = 10;

type Options = { log(line: string): void };
type Rest = { times: Map<string, number[]>; workerCpu: number };

/**
 * Job `scale`: a fleet of 1,000 tenants, 10,000 versions and 200 nodes with 30 days of telemetry; the product's worker keeps it
 * while 2,000 requests a second are stored for twenty minutes. The same at half the tenants, at rest, tells what grows faster
 * than they do. About forty minutes, once.
 */
export async function runScale({ log }: Options): Promise<Measured[]> {
  const worker = await bundleProgram("lib/bin/worker.ts", "worker");
  const rests: Rest[] = [];
  let loaded: Loaded | null = null;
  for (const size of SIZES) {
    const isLast = size === SIZES.at(-1);
    await withFleet(size, worker, log, async (fleet) => {
      rests.push(await atRest(fleet, log));
      if (isLast) loaded = await underLoad(fleet, log);
    });
  }
  const { worst } = growth(rests, log);
  const { times, residentBytes, late, stored } = loaded ?? NOTHING;
  return [
    { metric: "worker_rss", ours: [residentBytes / 2 ** 20] },
    ...GROUPS.map((group) => ({ metric: `${group}_p95`, ours: [slowest(times, group, log)] })),
    { metric: "loops_late", ours: [late] },
    { metric: "requests_stored_over_sent", ours: [stored] },
    { metric: "twice_the_tenants", ours: [worst] },
  ];
}

type Fleet = { api: BenchApi; url: string; worker: Program; live: LiveVersion[]; customerKey: string };

async function withFleet(size: Size, bundle: string, log: Options["log"], work: (fleet: Fleet) => Promise<void>) {
  const postgres = await startBenchPostgres();
  const nodes = startFakeFleet();
  const store = await mkdtemp(join(tmpdir(), "switchyard-bench-scale-"));
  let api: BenchApi | null = null;
  let worker: Program | null = null;
  try {
    const url = await postgres.freshUrl();
    api = await openBenchApi(postgres, url);
    const adapters = planAdapters(size);
    const { ports } = await nodes.ask({
      kind: "start",
      plan: { seed: 1, minMs: 200, maxMs: 400, failShare: 0 },
      loaded: loadedByNode(adapters, size, store),
    });
    const urls = ports.map((port) => `http://127.0.0.1:${port}`);
    const live = await fillFleet(api.deps.db, adapters, size, { store, urls });
    await seedTelemetry(api.deps, url, { nodes: size.nodes, tenants: size.tenants }, new Date());
    log(`${size.tenants} tenants, ${adapters.length * 5} versions, ${size.nodes} nodes: filled`);
    const { key: customerKey } = await api.admin.call("POST /tenants/{tenantId}/keys", {
      params: { tenantId: CUSTOMER },
      body: { name: "bench", scopes: ["tenant:read"] },
    });
    const { loops } = await api.admin.call("GET /pulse", {});
    const names = loops.map(({ name }) => name).filter((name) => !LEFT_OUT.includes(name));
    worker = await startWorker(bundle, { url, store, loops: names.join(",") });
    await sleep(WARM_MS);
    await work({ api, url, worker, live, customerKey });
  } finally {
    await worker?.stop();
    await api?.close();
    await nodes.stop();
    await postgres.stop();
    await rm(store, { recursive: true, force: true });
  }
}

type WorkerPlace = { url: string; store: string; loops: string };

async function startWorker(bundle: string, { url, store, loops }: WorkerPlace): Promise<Program> {
  const [port = 0] = await freePorts(1);
  return startProgram({
    file: process.execPath,
    args: [...WORKER_NODE_FLAGS, bundle],
    cwd: projectRoot(),
    core: null,
    env: {
      ...{ NODE_ENV: "production", DATABASE_URL: url, SECRETS_KEY, NEXTAUTH_SECRET: "bench".repeat(8) },
      ...{ NEXTAUTH_URL: "http://localhost:3000", DATA_DIR: store, ADAPTER_STORE: store, WORKER_PORT: String(port) },
      ...{ LOG_LEVEL: "error", LOOPS: loops },
    },
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
  });
}

/** @returns milliseconds of one call. @throws Error for any answer but 200 */
async function timeCall({ api, customerKey }: Fleet, { as, path }: Call): Promise<number> {
  const startedAt = performance.now();
  const reply = await api.fetch(
    new Request(`http://localhost/api/v1/${path}`, {
      headers: { authorization: `Bearer ${as === "admin" ? api.adminKey : customerKey}` },
    }),
  );
  const text = await reply.text();
  if (reply.status !== 200) throw new Error(`${path} answered ${reply.status}: ${text.slice(0, 300)}`);
  return performance.now() - startedAt;
}

/** Nobody sends a request: what each call takes, the first one aside, and what the worker takes of a core. */
async function atRest(fleet: Fleet, log: Options["log"]): Promise<Rest> {
  const before = fleet.worker.cpuSeconds();
  await sleep(REST_MS);
  const workerCpu = (fleet.worker.cpuSeconds() - before) / (REST_MS / 1000);
  const times = new Map<string, number[]>();
  for (const call of callsAt(new Date())) {
    await timeCall(fleet, call);
    const own: number[] = [];
    for (let time = 0; time < TIMES; time += 1) own.push(await timeCall(fleet, call));
    times.set(keyOf(call), own);
  }
  log(`at rest the worker takes ${(workerCpu * 100).toFixed(0)} % of a core`);
  return { times, workerCpu };
}

/** Without its moments, which differ from call to call. */
const keyOf = ({ group, as, path }: Call): string => `${group} ${as} ${path.replaceAll(/from=[^&]+&?/g, "")}`;

type Loaded = { times: Map<string, number[]>; residentBytes: number; late: number; stored: number };
const NOTHING: Loaded = { times: new Map(), residentBytes: Number.NaN, late: Number.NaN, stored: Number.NaN };

async function underLoad(fleet: Fleet, log: Options["log"]): Promise<Loaded> {
  const writer = await startModule(new URL("./writer-child.ts", import.meta.url), null);
  const times = new Map<string, number[]>();
  const late = new Set<string>();
  let residentBytes = 0;
  const sampler = setInterval(() => {
    residentBytes = Math.max(residentBytes, fleet.worker.residentBytes());
  }, SAMPLE_MS);
  try {
    const { url: databaseUrl, live } = fleet;
    await ask<WriterAnswer>(writer, {
      kind: "start",
      databaseUrl,
      live,
      perSecond: PER_SECOND,
    } satisfies WriterQuestion);
    const startedAt = performance.now();
    for (let minute = 1; minute <= LOAD_MINUTES; minute += 1) {
      for (const call of callsAt(new Date())) {
        const own = times.get(keyOf(call)) ?? [];
        own.push(await timeCall(fleet, call));
        times.set(keyOf(call), own);
      }
      for (const line of await lateLoops(fleet)) late.add(line);
      await sleep(Math.max(0, startedAt + minute * 60_000 - performance.now()));
      log(
        `minute ${minute}: worker ${(residentBytes / 2 ** 20).toFixed(0)} MB, late: ${[...late].join(", ") || "none"}`,
      );
    }
    const { sent, failure } = await ask<WriterAnswer>(writer, { kind: "stop" } satisfies WriterQuestion);
    const stored = await fleet.api.deps.db.read(platformScope, ({ client }) => client.request.count());
    log(`${stored} of ${sent} requests stored${failure === null ? "" : `; ${failure}`}`);
    return { times, residentBytes, late: late.size, stored: stored / sent };
  } finally {
    clearInterval(sampler);
    await writer.kill();
  }
}

/** Those that the console would call late, failing or run by nobody. */
async function lateLoops({ api }: Fleet): Promise<string[]> {
  const { loops } = await api.admin.call("GET /pulse", {});
  return loops.flatMap(({ name, state, lastError }) =>
    LEFT_OUT.includes(name) || state === "on_time" || state === "running"
      ? []
      : `${name} ${state} ${lastError ?? ""}`.trim(),
  );
}

/** p95 of each call of a group; @returns the slowest of them */
function slowest(times: Loaded["times"], group: Group, log: Options["log"]): number {
  const p95s = [...times]
    .filter(([key]) => key.startsWith(`${group} `))
    .map(([key, own]) => ({ key, p95: quantile(own, 0.95) }))
    .sort((one, other) => other.p95 - one.p95);
  for (const { key, p95 } of p95s.slice(0, 5)) log(`p95 ${p95.toFixed(0)} ms  ${key}`);
  return p95s[0]?.p95 ?? Number.NaN;
}

/** How much more each call, and the worker at rest, takes with twice the tenants: the exponent is the ratio's power of two. */
function growth([half, whole]: readonly Rest[], log: Options["log"]): { worst: number } {
  if (half === undefined || whole === undefined) return { worst: Number.NaN };
  const ratios = [...whole.times].flatMap(([key, own]) => {
    const [before, after] = [median(half.times.get(key) ?? []), median(own)];
    return after < LEAST_MS ? [] : [{ key, before, after, ratio: after / before }];
  });
  const all = [
    ...ratios,
    {
      key: "worker at rest, % of a core",
      before: half.workerCpu * 100,
      after: whole.workerCpu * 100,
      ratio: whole.workerCpu / half.workerCpu,
    },
  ].sort((one, other) => other.ratio - one.ratio);
  for (const { key, before, after, ratio } of all)
    log(`exponent ${Math.log2(ratio).toFixed(2)}  ${before.toFixed(1)} → ${after.toFixed(1)}  ${key}`);
  return { worst: all[0]?.ratio ?? Number.NaN };
}
