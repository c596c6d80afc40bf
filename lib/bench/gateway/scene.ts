import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "#lib/platform/supervisor/ports.ts";
import { bundleGateway, startGatewayProcess } from "#lib/testbed/gateway-process.ts";
import { type BenchPostgres, startBenchPostgres } from "#lib/testbed/postgres.ts";
import { ask, type Program, startModule, startProgram } from "#lib/testbed/program.ts";
import { addServingPool } from "#lib/testbed/serving-store.ts";
import { ADAPTER_SLUG } from "./bodies.ts";
import { isListening, reverseProxy, startNginx, staticNode } from "./nginx.ts";
import type { PeerPrograms } from "./peer-programs.ts";

/** Something that passes requests on, with a port for requests and one for streams (often the same). */
export type ProxyServer = {
  name: string;
  program: Program;
  port: number;
  streamPort: number | null;
  bearers: readonly string[];
  streamBearers: readonly string[];
  headers: Record<string, string>;
};

/** Who is measured and what stands around it. Proxies share one core, load and nodes the other. */
export type Scene = {
  folder: string;
  ours: ProxyServer;
  /** null = it is not on this machine. */
  nginx: ProxyServer | null;
  portkey: ProxyServer | null;
  litellm: ProxyServer | null;
  /** Where load is made; null = anywhere. */
  loadCore: number | null;
  postgresCpuSeconds(): number;
  close(): Promise<void>;
};

const TENANTS = 8;
const STREAM_TENANTS = 4;
/** No request is turned away, and each is counted. */
const LIMITS = {};
const NODE_ARGS: readonly string[] = [];

/** Starts everything. @param nodeArgs for our gateway's Node, such as `--cpu-prof` */
export async function openScene(peers: PeerPrograms, nodeArgs = NODE_ARGS): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-bench-gateway-"));
  const postgres = await startBenchPostgres();
  const programs: Program[] = [];
  const keep = <P extends Program>(program: P): P => {
    programs.push(program);
    return program;
  };
  const close = async () => {
    for (const program of programs.reverse()) await program.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const canPin = peers.taskset !== null && availableParallelism() > 1;
  const [proxyCore, loadCore] = canPin ? [0, 1] : [null, null];
  try {
    const ports = await freePorts(6);
    const [node = 0, nodeToo = 0, streamNode = 0, streamNodeToo = 0, forRequests = 0, forStreams = 0] = ports;
    const streamServer = keep(await startModule(new URL("./stream-server-child.ts", import.meta.url), loadCore));
    await ask(streamServer, [streamNode, streamNodeToo]);
    const { nginx: binary } = peers;
    if (binary !== null) {
      const servers = [staticNode(node), staticNode(nodeToo)];
      keep(await startNginx({ binary, folder: join(folder, "nodes"), servers, port: nodeToo, core: loadCore }));
    }
    const ours = await startOurs(postgres, [node, nodeToo], [streamNode, streamNodeToo], proxyCore, nodeArgs);
    keep(ours.program);
    let nginx: ProxyServer | null = null;
    if (binary !== null) {
      const servers = [reverseProxy(forRequests, node, false), reverseProxy(forStreams, streamNode, true)];
      const options = { binary, folder: join(folder, "proxy"), servers, port: forStreams, core: proxyCore };
      const program = keep(await startNginx(options));
      nginx = { ...ours, name: "nginx", program, port: forRequests, streamPort: forStreams };
    }
    const portkey = binary && peers.portkey ? await startPortkey(peers.portkey, node, proxyCore) : null;
    if (portkey) keep(portkey.program);
    const litellm =
      binary && peers.litellm ? await startLiteLlm(peers.litellm, { folder, node, core: proxyCore }) : null;
    if (litellm) keep(litellm.program);
    return { folder, ours, nginx, portkey, litellm, loadCore, postgresCpuSeconds: postgres.cpuSeconds, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Our gateway with all on: keys, limits, routing, admission, figures, traces to a real Postgres. */
async function startOurs(
  postgres: BenchPostgres,
  nodes: readonly number[],
  streamNodes: readonly number[],
  core: number | null,
  nodeArgs: readonly string[],
): Promise<ProxyServer> {
  const databaseUrl = await postgres.freshUrl();
  const db = postgres.open(databaseUrl);
  const plan = (slug: string, ports: readonly number[], tenants: number) => ({
    slug,
    nodes: ports.map((port, index) => ({ name: `${slug}-${index + 1}`, baseUrl: `http://127.0.0.1:${port}` })),
    tenants: Array.from({ length: tenants }, (_, index) => ({
      slug: `${slug}-tenant-${index + 1}`,
      adapters: [ADAPTER_SLUG],
      versions: 2,
      ...LIMITS,
    })),
  });
  const pool = await addServingPool(db, plan("requests", nodes, TENANTS));
  const streamPool = await addServingPool(db, plan("streams", streamNodes, STREAM_TENANTS));
  await db.close();
  const program = await startGatewayProcess({ bundle: await bundleGateway(), databaseUrl, core, nodeArgs });
  return {
    name: "switchyard",
    program,
    port: program.port,
    streamPort: program.port,
    bearers: pool.tenants.map(({ key }) => key),
    streamBearers: streamPool.tenants.map(({ key }) => key),
    headers: {},
  };
}

async function startPortkey(module: string, node: number, core: number | null): Promise<ProxyServer> {
  const [port = 0] = await freePorts(1);
  const program = await startProgram({
    file: process.execPath,
    args: [module, `--port=${port}`, "--headless"],
    env: { NODE_ENV: "production" },
    core,
    isReady: () => isListening(port),
  });
  const headers = {
    "x-portkey-provider": "openai",
    "x-portkey-custom-host": `http://127.0.0.1:${node}/v1`,
  };
  return { name: "Portkey OSS", program, port, streamPort: null, bearers: ["portkey"], streamBearers: [], headers };
}

/** One worker, without keys and a database of its own; JSON is YAML. */
async function startLiteLlm(
  command: string,
  { folder, node, core }: { folder: string; node: number; core: number | null },
): Promise<ProxyServer> {
  const [port = 0] = await freePorts(1);
  const config = join(folder, "litellm.yaml");
  const target = { model: "openai/bench", api_base: `http://127.0.0.1:${node}/v1`, api_key: "none" };
  await writeFile(config, JSON.stringify({ model_list: [{ model_name: ADAPTER_SLUG, litellm_params: target }] }));
  const program = await startProgram({
    file: command,
    args: ["--config", config, "--host", "127.0.0.1", "--port", String(port), "--num_workers", "1"],
    env: { LITELLM_LOG: "ERROR", LITELLM_LOCAL_MODEL_COST_MAP: "True", LITELLM_MODE: "PRODUCTION" },
    core,
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/health/liveliness`)).ok,
  });
  return { name: "LiteLLM proxy", program, port, streamPort: null, bearers: ["none"], streamBearers: [], headers: {} };
}
