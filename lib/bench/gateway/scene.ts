import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { freePort, freePorts } from "#lib/platform/supervisor/ports.ts";
import { bundleGateway, startGatewayProcess } from "#lib/testbed/gateway-process.ts";
import { type Keep, openFolder, stop } from "#lib/testbed/opened.ts";
import { startBenchPostgres } from "#lib/testbed/postgres.ts";
import { ask, type Program, startModule, startProgram } from "#lib/testbed/program.ts";
import { addServingPool } from "#lib/testbed/serving-store.ts";
import type { PeerPrograms } from "../peers.ts";
import { ADAPTER_SLUG } from "./load.ts";
import { isListening, reverseProxy, startNginx, staticNode } from "./nginx.ts";

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

export const PEERS = ["nginx", "portkey", "litellm"] as const;
export type PeerName = (typeof PEERS)[number];

/** Who is measured and what stands around it. Proxies share one core, load and nodes the other. */
export type Scene = {
  folder: string;
  peers: PeerPrograms;
  ours: ProxyServer;
  /** Those that are on this machine. */
  beside: Partial<Record<PeerName, ProxyServer>>;
  /** Where load is made; null = anywhere. */
  loadCore: number | null;
};

const LITELLM_SETTINGS = { LITELLM_LOG: "ERROR", LITELLM_LOCAL_MODEL_COST_MAP: "True", LITELLM_MODE: "PRODUCTION" };
const TENANTS = 8;
const STREAM_TENANTS = 4;

/** Starts everything. */
export async function openScene(keep: Keep, peers: PeerPrograms): Promise<Scene> {
  const folder = await openFolder(keep, "bench-gateway");
  const canPin = peers.taskset !== null && availableParallelism() > 1;
  const [core, loadCore] = canPin ? [0, 1] : [null, null];
  const [node = 0, nodeToo = 0, streamNode = 0, streamNodeToo = 0] = await freePorts(4);
  const streams = keep(await startModule(new URL("./stream-server-child.ts", import.meta.url), loadCore), stop);
  await ask(streams, [streamNode, streamNodeToo]);
  const ours = await startOurs(keep, [node, nodeToo], [streamNode, streamNodeToo], core);
  const beside: Scene["beside"] = {};
  const { nginx: binary, portkey, litellm } = peers;
  if (binary !== null) {
    const nodes = { servers: [staticNode(node), staticNode(nodeToo)], port: nodeToo, core: loadCore };
    keep(await startNginx(binary, { ...nodes, folder: join(folder, "nodes") }), stop);
    const [port = 0, streamPort = 0] = await freePorts(2);
    const servers = [reverseProxy(port, node, false), reverseProxy(streamPort, streamNode, true)];
    const options = { folder: join(folder, "proxy"), servers, port: streamPort, core };
    const program = keep(await startNginx(binary, options), stop);
    beside.nginx = { ...ours, name: "nginx", program, port, streamPort };
    if (portkey !== null) beside.portkey = await startPortkey(keep, portkey, node, core);
    if (litellm !== null) beside.litellm = await startLiteLlm(keep, litellm, { folder, node, core });
  }
  return { folder, peers, ours, beside, loadCore };
}

/** Our gateway with all on: keys, limits, routing, admission, figures, traces to a real Postgres. */
async function startOurs(
  keep: Keep,
  nodes: readonly number[],
  streamNodes: readonly number[],
  core: number | null,
): Promise<ProxyServer> {
  const postgres = keep(await startBenchPostgres(), stop);
  const databaseUrl = await postgres.freshUrl();
  const db = postgres.open(databaseUrl);
  const plan = (slug: string, ports: readonly number[], tenants: number) => ({
    slug,
    nodes: ports.map((port, index) => ({ name: `${slug}-${index + 1}`, baseUrl: `http://127.0.0.1:${port}` })),
    tenants: Array.from({ length: tenants }, (_, index) => ({
      ...{ slug: `${slug}-tenant-${index + 1}`, adapters: [ADAPTER_SLUG], versions: 2 },
    })),
  });
  const pool = await addServingPool(db, plan("requests", nodes, TENANTS));
  const streamPool = await addServingPool(db, plan("streams", streamNodes, STREAM_TENANTS));
  await db.close();
  const program = keep(await startGatewayProcess({ bundle: await bundleGateway(), databaseUrl, core }), stop);
  const { port } = program;
  const [bearers, streamBearers] = [pool, streamPool].map(({ tenants }) => tenants.map(({ key }) => key));
  return {
    ...{ name: "switchyard", program, port, streamPort: port, headers: {} },
    ...{ bearers: bearers ?? [], streamBearers: streamBearers ?? [] },
  };
}

async function startPortkey(keep: Keep, module: string, node: number, core: number | null): Promise<ProxyServer> {
  const port = await freePort("127.0.0.1");
  const started = startProgram({
    ...{ file: process.execPath, args: [module, `--port=${port}`, "--headless"], env: { NODE_ENV: "production" } },
    ...{ core, isReady: () => isListening(port) },
  });
  const program = keep(await started, stop);
  const headers = { "x-portkey-provider": "openai", "x-portkey-custom-host": `http://127.0.0.1:${node}/v1` };
  return { name: "Portkey OSS", program, port, streamPort: null, bearers: ["portkey"], streamBearers: [], headers };
}

/** One worker, with one key (it refuses to start without) and without a database of its own; JSON is YAML. */
async function startLiteLlm(
  keep: Keep,
  file: string,
  { folder, node, core }: { folder: string; node: number; core: number | null },
): Promise<ProxyServer> {
  const port = await freePort("127.0.0.1");
  const key = `sk-${randomBytes(32).toString("hex")}`;
  const config = join(folder, "litellm.yaml");
  const target = { model: "openai/bench", api_base: `http://127.0.0.1:${node}/v1`, api_key: "none" };
  await writeFile(config, JSON.stringify({ model_list: [{ model_name: ADAPTER_SLUG, litellm_params: target }] }));
  const started = startProgram({
    ...{ file, args: ["--config", config, "--host", "127.0.0.1", "--port", String(port), "--num_workers", "1"] },
    env: { ...LITELLM_SETTINGS, LITELLM_MASTER_KEY: key },
    ...{ core, isReady: async () => (await fetch(`http://127.0.0.1:${port}/health/liveliness`)).ok },
  });
  const program = keep(await started, stop);
  return { name: "LiteLLM proxy", program, port, streamPort: null, bearers: [key], streamBearers: [], headers: {} };
}
