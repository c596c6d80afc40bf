import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { watchScenario } from "./answers/scenario-file.ts";
import { Engine } from "./engine/engine.ts";
import type { EngineDead } from "./engine/engine-dead.ts";
import { scaledTimer } from "./engine/timer.ts";
import { engineProfile } from "./engine-profile.ts";
import { hashPair } from "./hash.ts";
import { createApp } from "./http/app.ts";
import type { NodeContext } from "./http/node-context.ts";
import { LoraRegistry } from "./lora-registry.ts";
import { createNodeMetrics } from "./metrics/node-metrics.ts";
import { readBaseModel } from "./model/base-model.ts";
import { loadAdapter } from "./model/load-adapter.ts";
import { SIM_NODE_DEFAULTS, type SimNodeInput, type SimNodeOptions } from "./options.ts";

/** KV blocks of 16 tokens beside an 8B model and its slots on an A100 of 80 GB. */
const KV_BLOCKS = 26_000;
const MAX_BATCHED_TOKENS = 2048;

export type SimNode = {
  url: string;
  port: number;
  name: string;
  /** Answers what runs, then closes. */
  stop(): Promise<void>;
  /** Drops every connection at once; what was loaded is gone, as after `kill -9`. */
  kill(): Promise<void>;
  /** Resolves when the engine dies by itself, such as on a reload of deleted files. */
  died: Promise<EngineDead>;
  /** Residency by adapter name, least recent first: vLLM tells no one. */
  inspect(): { gpu: string[]; cpu: string[]; stalePrefixBlocks: number };
};

/**
 * Starts one simulated vLLM node on its own port.
 * @throws Error when the model directory lacks its files, the limits contradict each other or the port is taken
 */
export async function startSimNode(input: SimNodeInput): Promise<SimNode> {
  const options: SimNodeOptions = { ...SIM_NODE_DEFAULTS, ...input };
  const stopping = new AbortController();
  const { context, died, names } = await createNode(options, stopping.signal);
  const server = createServer(createApp(context));
  server.keepAliveTimeout = 75_000;
  const drained = countRequests(server);
  await listen(server, options);
  const running = context.engine.run();
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : options.port;
  const close = async (isGraceful: boolean) => {
    const closed = server.listening ? once(server, "close") : Promise.resolve();
    server.close();
    if (isGraceful) await drained();
    server.closeAllConnections();
    context.engine.stop();
    stopping.abort(new Error("the simulated node stopped"));
    await Promise.all([running, closed]);
  };
  return {
    url: `http://${options.host}:${port}`,
    port,
    name: options.name,
    stop: () => close(true),
    kill: () => close(false),
    died,
    inspect: () => {
      const { gpu, cpu, stalePrefixBlocks } = context.engine.inspect();
      const byName = (ids: readonly number[]) => ids.map((id) => names.get(id) ?? `#${id}`);
      return { gpu: byName(gpu), cpu: byName(cpu), stalePrefixBlocks };
    },
  };
}

async function createNode(options: SimNodeOptions, signal: AbortSignal) {
  const profile = engineProfile(options.engineVersion);
  const base = await readBaseModel(options.baseModel, options.modelDir, options.seed);
  const startedAtSeconds = Date.now() / 1000;
  const metrics = metricsOf(options, startedAtSeconds);
  const names = new Map<number, string>();
  const rules = { maxLoraRank: options.maxLoraRank, readsPatterns: profile.readsPatterns, checksRankSign: true };
  let reportDeath: (error: EngineDead) => void = () => {};
  const died = new Promise<EngineDead>((resolve) => {
    reportDeath = resolve;
  });
  const engine = new Engine({
    maxLoras: options.maxLoras,
    maxCpuLoras: options.maxCpuLoras,
    maxNumSeqs: options.maxNumSeqs,
    maxBatchedTokens: MAX_BATCHED_TOKENS,
    kvBlocks: KV_BLOCKS,
    hashSeed: options.hashSeed,
    keysPrefixesByPath: profile.keysPrefixesByPath,
    timer: scaledTimer(options.speed, signal),
    random: seededUnits(options.hashSeed),
    read: (entry) => {
      names.set(entry.id, entry.name);
      return loadAdapter(entry, base, rules);
    },
    observer: {
      ...metrics,
      died(error) {
        options.log.error("engine died", { node: options.name, error });
        reportDeath(error);
      },
    },
  });
  let lastNonce = hashPair(options.hashSeed, Math.floor(startedAtSeconds));
  const context: NodeContext = {
    base,
    engine,
    registry: new LoraRegistry(),
    metrics,
    profile,
    scenario: watchScenario(options.scenarioFile, options.log),
    maxModelLen: options.maxModelLen,
    allowsRuntimeLora: options.allowsRuntimeLora,
    enablesLora: options.enablesLora,
    apiKeys: options.apiKey === null ? [] : [options.apiKey],
    logitNoise: options.logitNoise,
    nextNonce: () => {
      lastNonce = (lastNonce + 1) >>> 0;
      return lastNonce;
    },
    randomId: () => randomBytes(8).toString("hex"),
    fingerprint: `vllm-${profile.version}-simulated`,
    nowSeconds: () => Date.now() / 1000,
    log: options.log.child({ node: options.name }),
  };
  return { context, died, names };
}

/**
 * Counts what runs, so that a stop can wait for it. `server.close` alone would also wait for connections that were opened
 * and never used, until their headers time out.
 */
function countRequests(server: Server): () => Promise<void> {
  let active = 0;
  let onIdle: () => void = () => {};
  server.on("request", (_, response) => {
    active += 1;
    response.once("close", () => {
      active -= 1;
      if (active === 0) onIdle();
    });
  });
  return () =>
    new Promise((resolve) => {
      onIdle = resolve;
      if (active === 0) resolve();
    });
}

const metricsOf = (options: SimNodeOptions, startedAtSeconds: number) =>
  createNodeMetrics({
    modelName: options.baseModel,
    maxLoras: options.maxLoras,
    maxModelLen: options.maxModelLen,
    kvBlocks: KV_BLOCKS,
    gpuMemoryUtilization: options.gpuMemoryUtilization,
    startedAtSeconds,
    nowSeconds: () => Date.now() / 1000,
    process: {
      residentBytes: () => process.memoryUsage.rss(),
      cpuSeconds: () => (process.cpuUsage().user + process.cpuUsage().system) / 1_000_000,
    },
  });

/** A stream of numbers in [0, 1) from a seed. */
function seededUnits(seed: number): () => number {
  let count = 0;
  return () => hashPair(seed, ++count) / 4294967296;
}

async function listen(server: Server, options: SimNodeOptions): Promise<void> {
  server.listen(options.port, options.host);
  await once(server, "listening");
}
