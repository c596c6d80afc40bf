import { hasCpuTimes } from "#lib/testbed/cpu-time.ts";
import { ask, type Program, startModule } from "#lib/testbed/program.ts";
import { median } from "#lib/testbed/quantile.ts";
import type { Measured } from "../measured.ts";
import { chatBody } from "./bodies.ts";
import { findPeers, type PeerPrograms } from "./peer-programs.ts";
import { measureRebuild } from "./rebuild.ts";
import { openScene, type ProxyServer, type Scene } from "./scene.ts";
import type { StreamLoad, StreamResult } from "./stream-messages.ts";
import { type LoadResult, runWrk } from "./wrk.ts";

/** Fewer would let one busy moment decide. */
const LEAST_RUNS = 5;
/** What the goal asks for beyond the one that is judged: CPU a request over nginx's. */
const STRETCH = 2.6;

const SMALL = { body: chatBody(2_200), connections: 32, seconds: 3 };
const LARGE = { body: chatBody(220_000), connections: 20, seconds: 3 };
const ALONE = { body: SMALL.body, connections: 1, seconds: 2 };
/** Until it was compiled: so many requests, but no longer than this. */
const WARM_UP = { requests: 15_000, rounds: 5, load: { ...SMALL, seconds: 2 } };

const STREAMS = { streams: 50, events: 100, everyMs: 20 };
const MANY_STREAMS = { streams: 500, events: 20, everyMs: 100 };

type Requests = { cpuMicros: number; small: number; alone: number; large: number };
type Streams = { p50Ms: number; cpuMicros: number; merged: number };
/** What was measured of one proxy, a value a run. */
type Figures = { requests: Requests[]; streams: Streams[] };

/**
 * Job `gateway`: the real gateway process with everything on, beside nginx, Portkey OSS and LiteLLM, taken in turn. About a
 * minute a run; five runs at least.
 */
export async function runGateway(options: {
  runs: number;
  peers: boolean;
  say(line: string): void;
}): Promise<Measured[]> {
  if (!hasCpuTimes()) throw new Error("the job gateway reads CPU times from /proc: run it on Linux");
  const rebuild = await measureRebuild(options.say);
  const peers = await findPeers(options.peers, options.say);
  const scene = await openScene(peers);
  try {
    const client = await startModule(new URL("./stream-client-child.ts", import.meta.url), scene.loadCore);
    try {
      const runs = Math.max(LEAST_RUNS, options.runs);
      return [rebuild, ...(await measure(scene, peers, client, { ...options, runs }))];
    } finally {
      await client.stop();
    }
  } finally {
    await scene.close();
  }
}

async function measure(
  scene: Scene,
  peers: PeerPrograms,
  client: Program,
  { runs, say }: { runs: number; say(line: string): void },
): Promise<Measured[]> {
  const proxies = [scene.ours, scene.nginx, scene.portkey, scene.litellm].filter((proxy) => proxy !== null);
  const figures = new Map<ProxyServer, Figures>(proxies.map((proxy) => [proxy, { requests: [], streams: [] }]));
  const failures: number[] = [];
  const hasLoad = peers.wrk !== null && scene.nginx !== null;
  if (hasLoad) for (const proxy of proxies) await warmUp(proxy, scene, peers);
  for (let run = 0; run < runs; run += 1) {
    for (const [proxy, { requests, streams }] of rotated([...figures], run)) {
      if (hasLoad) requests.push(await measureRequests(proxy, scene, peers));
      if (proxy.streamPort !== null) streams.push(await measureStreams(proxy, client));
    }
    const many = await readStreams(scene.ours, client, MANY_STREAMS);
    failures.push(many.failures);
    if (many.firstFailure) say(`of 500 streams ${many.failures} failed: ${many.firstFailure}`);
    say(`run ${run + 1}: ${[...figures].map(([{ name }, one]) => `${name} ${tell(one)}`).join("; ")}`);
  }
  tellStretch(scene, figures, say);
  return measuredOf(scene, figures, failures, absence(peers));
}

const rotated = <T>(list: readonly T[], by: number): T[] =>
  list.map((_, index) => list[(index + by) % list.length] as T);

const load = (
  proxy: ProxyServer,
  scene: Scene,
  peers: PeerPrograms,
  what: { body: string; connections: number; seconds: number },
): Promise<LoadResult> => runWrk(peers, scene.folder, { ...proxy, ...what }, scene.loadCore);

async function warmUp(proxy: ProxyServer, scene: Scene, peers: PeerPrograms): Promise<void> {
  let requests = 0;
  for (let round = 0; round < WARM_UP.rounds && requests < WARM_UP.requests; round += 1)
    requests += (await load(proxy, scene, peers, WARM_UP.load)).requests;
}

async function measureRequests(proxy: ProxyServer, scene: Scene, peers: PeerPrograms): Promise<Requests> {
  const before = proxy.program.cpuSeconds();
  const small = await load(proxy, scene, peers, SMALL);
  const cpuMicros = ((proxy.program.cpuSeconds() - before) * 1e6) / small.requests;
  const large = await load(proxy, scene, peers, LARGE);
  const alone = await load(proxy, scene, peers, ALONE);
  return { cpuMicros, small: small.requestsPerSecond, large: large.requestsPerSecond, alone: alone.p50Ms };
}

async function measureStreams(proxy: ProxyServer, client: Program): Promise<Streams> {
  const before = proxy.program.cpuSeconds();
  const { p50Ms, merged, events, failures, firstFailure } = await readStreams(proxy, client, STREAMS);
  if (failures > 0) throw new Error(`${failures} streams through ${proxy.name} failed: ${firstFailure}`);
  return { p50Ms, merged, cpuMicros: ((proxy.program.cpuSeconds() - before) * 1e6) / events };
}

const readStreams = (
  proxy: ProxyServer,
  client: Program,
  what: Omit<StreamLoad, "port" | "bearers">,
): Promise<StreamResult> =>
  ask<StreamResult>(client, { ...what, port: proxy.streamPort ?? 0, bearers: proxy.streamBearers });

type PeerName = "nginx" | "portkey" | "litellm";

/** Why a peer has no figures; null = it has. */
function absence(peers: PeerPrograms): Record<PeerName, string | null> {
  const missing = (["nginx", "wrk"] as const).filter((name) => peers[name] === null).join(" and ");
  const nginx = missing === "" ? null : `${missing} not found; --peers fetches Debian's`;
  return {
    nginx,
    portkey: nginx ?? (peers.portkey === null ? "--peers fetches it from npm" : null),
    litellm: nginx ?? (peers.litellm === null ? "--peers fetches it from PyPI" : null),
  };
}

function measuredOf(
  { ours, nginx, portkey, litellm }: Scene,
  figures: ReadonlyMap<ProxyServer, Figures>,
  failures: readonly number[],
  why: Record<PeerName, string | null>,
): Measured[] {
  const of = (proxy: ProxyServer | null) => (proxy && figures.get(proxy)) ?? { requests: [], streams: [] };
  const compare = (metric: string, peer: ProxyServer | null, name: PeerName, pick: (from: Figures) => number[]) => ({
    metric,
    ours: pick(of(ours)),
    peer:
      peer === null || why[name] !== null
        ? { name, values: null, reason: why[name] ?? "not found" }
        : { name: peer.name, values: pick(of(peer)) },
  });
  const requests = (key: keyof Requests) => (from: Figures) => from.requests.map((one) => one[key]);
  const streams = (key: keyof Streams) => (from: Figures) => from.streams.map((one) => one[key]);
  return [
    compare("cpu_per_request_small_over_nginx", nginx, "nginx", requests("cpuMicros")),
    compare("rps_small_over_litellm", litellm, "litellm", requests("small")),
    compare("rps_small_over_portkey", portkey, "portkey", requests("small")),
    compare("p50_one_client_over_nginx", nginx, "nginx", requests("alone")),
    compare("rps_220kb_over_nginx", nginx, "nginx", requests("large")),
    compare("rps_220kb_over_portkey", portkey, "portkey", requests("large")),
    compare("sse_chunk_p50_over_nginx", nginx, "nginx", streams("p50Ms")),
    compare("sse_cpu_per_chunk_over_nginx", nginx, "nginx", streams("cpuMicros")),
    { metric: "sse_merged_chunks", ours: streams("merged")(of(ours)) },
    { metric: "streams_at_once_500", ours: failures },
  ];
}

/** The last run's. */
function tell({ requests, streams }: Figures): string {
  const [request, stream] = [requests.at(-1), streams.at(-1)];
  const shown = (value: number) => Number(value.toPrecision(3)).toString();
  return [
    request &&
      `${shown(request.cpuMicros)} us CPU a request, ${Math.round(request.small)} a second, alone ${shown(request.alone)} ms, 220 kB ${Math.round(request.large)} a second`,
    stream && `chunk ${shown(stream.p50Ms)} ms, ${shown(stream.cpuMicros)} us CPU, ${stream.merged} merged`,
  ]
    .filter(Boolean)
    .join(", ");
}

function tellStretch(
  { ours, nginx }: Scene,
  figures: ReadonlyMap<ProxyServer, Figures>,
  say: (line: string) => void,
): void {
  if (nginx === null) return;
  const cpu = (proxy: ProxyServer) => median(figures.get(proxy)?.requests.map((one) => one.cpuMicros) ?? []);
  const ratio = cpu(ours) / cpu(nginx);
  if (!Number.isNaN(ratio))
    say(
      `CPU a request is ${ratio.toFixed(2)} x nginx's; the stretch goal is ${STRETCH} ${ratio <= STRETCH ? "(reached)" : "(not reached)"}`,
    );
}
