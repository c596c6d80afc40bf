import { hasCpuTimes } from "#lib/testbed/cpu-time.ts";
import { stop, withOpened } from "#lib/testbed/opened.ts";
import { ask, type Program, startModule } from "#lib/testbed/program.ts";
import type { Measured } from "../judge.ts";
import { findPeers, type PeerPrograms } from "../peers.ts";
import type { JobOptions } from "../run-bench.ts";
import { chatBody, runWrk } from "./load.ts";
import { measureRebuild } from "./rebuild.ts";
import { openScene, PEERS, type PeerName, type ProxyServer, type Scene } from "./scene.ts";
import type { StreamLoad, StreamResult } from "./stream-client-child.ts";

/** Fewer would let one busy moment decide. */
const LEAST_RUNS = 5;

const SMALL = { body: chatBody(2_200), connections: 32, seconds: 3 };
const LARGE = { body: chatBody(220_000), connections: 20, seconds: 3 };
const ALONE = { body: SMALL.body, connections: 1, seconds: 2 };
/** Until it was compiled: so many requests, but no longer than this. */
const WARM_UP = { requests: 15_000, rounds: 5, load: { ...SMALL, seconds: 2 } };

const STREAMS = { streams: 50, events: 100, everyMs: 20 };
const MANY_STREAMS = { streams: 500, events: 20, everyMs: 100 };

/** What a run finds out of one proxy; what it cannot do is left out. */
type Quantity = "cpuMicros" | "small" | "alone" | "large" | "chunkMs" | "merged";
type Readings = Partial<Record<Quantity, number>>;

/** What is compared with whom. */
const COMPARED: readonly [metric: string, peer: PeerName, quantity: Quantity][] = [
  ["cpu_per_request_small_over_nginx", "nginx", "cpuMicros"],
  ["rps_small_over_litellm", "litellm", "small"],
  ["rps_small_over_portkey", "portkey", "small"],
  ["p50_one_client_over_nginx", "nginx", "alone"],
  ["rps_220kb_over_nginx", "nginx", "large"],
  ["rps_220kb_over_portkey", "portkey", "large"],
  ["sse_chunk_p50_over_nginx", "nginx", "chunkMs"],
];

/**
 * Job `gateway`: the real gateway process with everything on, beside nginx, Portkey OSS and LiteLLM, taken in turn. About a
 * minute a run; five runs at least.
 */
export async function runGateway(options: JobOptions): Promise<Measured[]> {
  if (!hasCpuTimes()) throw new Error("the job gateway reads CPU times from /proc: run it on Linux");
  const rebuild = await measureRebuild(options.log);
  const peers = await findPeers(options);
  return withOpened(async (keep) => {
    const scene = await openScene(keep, peers);
    const module = new URL("./stream-client-child.ts", import.meta.url);
    const client = keep(await startModule(module, scene.loadCore), stop);
    return [rebuild, ...(await measure(scene, client, Math.max(LEAST_RUNS, options.runs), options.log))];
  });
}

async function measure(scene: Scene, client: Program, runs: number, log: JobOptions["log"]): Promise<Measured[]> {
  const { ours, beside, peers } = scene;
  const proxies = [ours, ...PEERS.flatMap((name) => beside[name] ?? [])];
  const readings = new Map<ProxyServer, Readings[]>(proxies.map((proxy) => [proxy, []]));
  const failures: number[] = [];
  const hasLoad = peers.wrk !== null && peers.nginx !== null;
  if (hasLoad) for (const proxy of proxies) await warmUp(proxy, scene);
  for (let run = 0; run < runs; run += 1) {
    for (const proxy of [...proxies.slice(run % proxies.length), ...proxies.slice(0, run % proxies.length)]) {
      const requests = hasLoad ? await measureRequests(proxy, scene) : {};
      const one = { ...requests, ...(await measureStreams(proxy, client)) };
      readings.get(proxy)?.push(one);
      log(`run ${run + 1}: ${proxy.name} ${formatReadings(one)}`);
    }
    const many = await readStreams(ours, client, MANY_STREAMS);
    failures.push(many.failures);
    if (many.firstFailure) log(`of 500 streams ${many.failures} failed: ${many.firstFailure}`);
  }
  const of = (proxy: ProxyServer, what: Quantity) => (readings.get(proxy) ?? []).flatMap((one) => one[what] ?? []);
  const compared = COMPARED.map(([metric, name, quantity]): Measured => {
    const peer = beside[name];
    const reason = whyAbsent(name, peers);
    const isHere = peer !== undefined && reason === null;
    const theirs = isHere
      ? { name: peer.name, values: of(peer, quantity) }
      : { name, values: null, reason: reason ?? "" };
    return { metric, ours: of(ours, quantity), peer: theirs };
  });
  return [
    ...compared,
    { metric: "sse_merged_chunks", ours: of(ours, "merged") },
    { metric: "streams_at_once_500", ours: failures },
  ];
}

async function warmUp(proxy: ProxyServer, scene: Scene): Promise<void> {
  let requests = 0;
  for (let round = 0; round < WARM_UP.rounds && requests < WARM_UP.requests; round += 1)
    requests += (await runWrk(scene, { ...proxy, ...WARM_UP.load })).requests;
}

async function measureRequests(proxy: ProxyServer, scene: Scene): Promise<Readings> {
  const before = proxy.program.cpuSeconds();
  const small = await runWrk(scene, { ...proxy, ...SMALL });
  const cpuMicros = ((proxy.program.cpuSeconds() - before) * 1e6) / small.requests;
  const large = await runWrk(scene, { ...proxy, ...LARGE });
  const alone = await runWrk(scene, { ...proxy, ...ALONE });
  return { cpuMicros, small: small.requestsPerSecond, large: large.requestsPerSecond, alone: alone.p50Ms };
}

async function measureStreams(proxy: ProxyServer, client: Program): Promise<Readings> {
  if (proxy.streamPort === null) return {};
  const { p50Ms, merged, failures, firstFailure } = await readStreams(proxy, client, STREAMS);
  if (failures > 0) throw new Error(`${failures} streams through ${proxy.name} failed: ${firstFailure}`);
  return { chunkMs: p50Ms, merged };
}

const readStreams = ({ streamPort, streamBearers: bearers }: ProxyServer, client: Program, what: typeof STREAMS) =>
  ask<StreamResult>(client, { ...what, port: streamPort ?? 0, bearers } satisfies StreamLoad);

/** Why a peer has no figures; null = it has. */
function whyAbsent(name: PeerName, peers: PeerPrograms): string | null {
  if (peers.nginx === null || peers.wrk === null) return "nginx or wrk not found; --peers fetches Debian's";
  return peers[name] === null ? `--peers fetches ${name}` : null;
}

const formatReadings = (readings: Readings): string =>
  Object.entries(readings)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(3))}`)
    .join(", ");
