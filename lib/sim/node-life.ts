import { randomBytes } from "node:crypto";
import type { RequestListener } from "node:http";
import { watchScenario } from "./answers/scenario-file.ts";
import { Engine, type EngineOptions, type EngineState } from "./engine/engine.ts";
import type { EngineDead } from "./engine/engine-dead.ts";
import { scaledTimer } from "./engine/timer.ts";
import { type EngineProfile, engineProfile } from "./engine-profile.ts";
import type { FaultList } from "./faults/fault-list.ts";
import { hashPair } from "./hash.ts";
import { createApp } from "./http/app.ts";
import type { NodeContext } from "./http/node-context.ts";
import { LoraRegistry } from "./lora-registry.ts";
import { createNodeMetrics } from "./metrics/node-metrics.ts";
import { sharedBaseModel } from "./model/base-model.ts";
import { loadAdapter } from "./model/load-adapter.ts";
import { restartedOptions, type SimNodeOptions } from "./options.ts";

/** KV blocks of 16 tokens beside an 8B model and its slots on an A100 of 80 GB. */
const KV_BLOCKS = 26_000;
const MAX_BATCHED_TOKENS = 2048;

/** One life of a node's process: what a restart throws away. */
export type NodeLife = {
  listener: RequestListener;
  startedAtSeconds: number;
  /** Resolves when the engine dies by itself. */
  died: Promise<EngineDead>;
  inspect(): { gpu: string[]; cpu: string[]; stalePrefixBlocks: number };
  /** Names of /v1/models. */
  loaded(): string[];
  /** Forgets names, as no real node does. */
  lose(names: readonly string[]): void;
  /** Stops the engine; whoever waits for it fails. */
  end(): Promise<void>;
};

/**
 * Starts an engine and its routes, with nothing loaded.
 * @param startedAtSeconds unix time, `process_start_time_seconds`
 * @throws Error when the model directory lacks its files, RangeError when the limits contradict each other
 */
export async function beginLife(
  options: SimNodeOptions,
  faults: FaultList,
  startedAtSeconds: number,
): Promise<NodeLife> {
  const ending = new AbortController();
  const { context, died, inspect } = await createContext(options, faults, startedAtSeconds, ending.signal);
  const running = context.engine.run();
  return {
    listener: createApp(context),
    startedAtSeconds,
    died,
    inspect,
    loaded: () => context.registry.list().map(({ name }) => name),
    lose(lost) {
      for (const name of lost) context.registry.remove(name);
    },
    async end() {
      context.engine.stop();
      ending.abort(new Error("the simulated node stopped"));
      await running;
    },
  };
}

async function createContext(
  options: SimNodeOptions,
  faults: FaultList,
  startedAtSeconds: number,
  signal: AbortSignal,
) {
  const profile = engineProfile(options.engineVersion);
  const base = await sharedBaseModel(options.baseModel, options.modelDir, options.seed);
  const names = new Map<number, string>();
  const tiers = { read: (): EngineState => ({ gpu: [], cpu: [], stalePrefixBlocks: 0 }) };
  const namesOf = (ids: readonly number[]) => ids.map((id) => names.get(id) ?? `#${id}`);
  const inspect = () => {
    const { gpu, cpu, stalePrefixBlocks } = tiers.read();
    return { gpu: namesOf(gpu), cpu: namesOf(cpu), stalePrefixBlocks };
  };
  const metrics = metricsOf(options, { startedAtSeconds, faults, profile, residency: inspect });
  const { engine, died } = createEngine(options, { profile, base, metrics, signal, names });
  tiers.read = () => engine.inspect();
  let lastNonce = hashPair(options.hashSeed, Math.floor(startedAtSeconds));
  const context: NodeContext = {
    base,
    engine,
    metrics,
    profile,
    faults,
    registry: new LoraRegistry(),
    scenario: watchScenario(options.scenarioFile, options.log),
    maxModelLen: options.maxModelLen,
    limits: restartedOptions(options, {}).limits,
    device: options.device,
    adapterDir: options.plugin ? options.adapterDir : null,
    allowsRuntimeLora: options.allowsRuntimeLora,
    enablesLora: options.enablesLora,
    devMode: options.devMode,
    tokenizerInfo: options.tokenizerInfo,
    serverLoad: () => (options.tracksLoad ? engine.unfinished : 0),
    apiKeys: options.apiKey === null ? [] : [options.apiKey],
    logitNoise: options.logitNoise,
    nextNonce: () => {
      lastNonce = (lastNonce + 1) >>> 0;
      return lastNonce;
    },
    randomId: () => randomBytes(8).toString("hex"),
    fingerprint: `vllm-${profile.version}-simulated`,
    nowSeconds: () => Date.now() / 1000 + faults.skewSeconds(),
    log: options.log.child({ node: options.name }),
  };
  return { context, died, inspect };
}

type EngineParts = Pick<NodeContext, "profile" | "base" | "metrics"> & {
  signal: AbortSignal;
  /** Adapter id → name, filled when its bytes are read. */
  names: Map<number, string>;
};

function createEngine(options: SimNodeOptions, { profile, base, metrics, signal, names }: EngineParts) {
  const rules = {
    maxLoraRank: options.maxLoraRank,
    readsPatterns: profile.readsPatterns,
    checksRankSign: true,
    targetModules: options.loraTargetModules,
  };
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
    prefixKey: prefixKeyOf(profile),
    mixesAdaptersUnderLoad: profile.mixesAdaptersUnderLoad,
    mixesBaseRows: options.device === "cpu",
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
  return { engine, died };
}

function prefixKeyOf({ prefixKey }: EngineProfile): EngineOptions["prefixKey"] {
  switch (prefixKey) {
    case "id":
      return ({ id }) => String(id);
    case "name":
      return ({ name }) => name;
    case "name_and_path":
      return ({ name, path }) => JSON.stringify([name, path]);
  }
}

type MetricsParts = {
  startedAtSeconds: number;
  faults: FaultList;
  profile: EngineProfile;
  residency: NodeLife["inspect"];
};

const metricsOf = (options: SimNodeOptions, { startedAtSeconds, faults, profile, residency }: MetricsParts) =>
  createNodeMetrics({
    modelName: options.baseModel,
    engineVersion: options.engineVersion,
    profile: profile.metrics,
    enablesLora: options.enablesLora,
    device: options.device,
    plugin: options.plugin,
    disabled: profile.suitsPlugin ? (options.enablesLora ? null : "no_worker_report") : "vllm_too_old",
    residency,
    ...restartedOptions(options, {}).limits,
    kvBlocks: KV_BLOCKS,
    gpuMemoryUtilization: options.gpuMemoryUtilization,
    nowSeconds: () => Date.now() / 1000 + faults.skewSeconds(),
    process: {
      startedAtSeconds,
      skewSeconds: () => faults.skewSeconds(),
      residentBytes: () => process.memoryUsage.rss(),
      cpuSeconds: () => (process.cpuUsage().user + process.cpuUsage().system) / 1_000_000,
    },
  });

/** A stream of numbers in [0, 1) from a seed. */
function seededUnits(seed: number): () => number {
  let count = 0;
  return () => hashPair(seed, ++count) / 4294967296;
}
