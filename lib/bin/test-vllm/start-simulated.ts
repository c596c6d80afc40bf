import { silentLog } from "#lib/platform/log.ts";
import { startSimNode } from "#lib/sim/start-node.ts";
import type { EngineStart } from "#lib/vllm/contract/point.ts";
import { BASE_MODEL, TINY_LLAMA } from "./adapter-directories.ts";
import type { Engine } from "./node-under-test.ts";

/** Slow enough that a request of 300 tokens can be watched, fast enough that nobody waits. */
const SPEED = 20;

export type SimulatedStart = { engineVersion?: string; hashSeed?: number; speed?: number };

/** Starts a simulated node in this process. */
export async function startSimulated(start: EngineStart, more: SimulatedStart = {}): Promise<Engine> {
  const startNode = () =>
    startSimNode({
      port: 0,
      name: "contract",
      baseModel: BASE_MODEL,
      modelDir: TINY_LLAMA,
      speed: SPEED,
      log: silentLog,
      ...start,
      ...more,
    });
  let node = await startNode();
  const engine: Engine = {
    baseUrl: node.url,
    apiKey: start.apiKey,
    pluginDelayMs: 0,
    async restart() {
      await node.kill();
      node = await startNode();
      engine.baseUrl = node.url;
    },
    stop: () => node.stop(),
  };
  return engine;
}
