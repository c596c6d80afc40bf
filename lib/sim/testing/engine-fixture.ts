import type { Touch } from "../engine/adapter-cache.ts";
import { Engine, type EngineOptions } from "../engine/engine.ts";
import type { EngineObserver, StepStats } from "../engine/observer.ts";
import type { EngineTimer } from "../engine/timer.ts";
import { hashPair } from "../hash.ts";
import type { LoraEntry } from "../lora-registry.ts";
import { EFFECT_SIZE } from "../model/effect.ts";

/** Time that passes only when the engine waits, so that hours of traffic take a moment and nothing depends on the machine. */
export function virtualTimer(): EngineTimer {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    realMs: (ms) => ms,
    begin: () => {},
    async wait(ms) {
      nowMs += ms;
      await new Promise<void>((resolve) => setImmediate(resolve));
    },
  };
}

export const entry = (id: number, more: Partial<LoraEntry> = {}): LoraEntry => ({
  id,
  name: `lora-${id}`,
  path: `/adapters/${id}`,
  loadInplace: false,
  weightsDigest: "",
  ...more,
});

export type Touched = Touch & { isEntering: boolean; seconds: number };

/** An engine on virtual time whose adapters are made up, and what it told. */
export function testEngine(options: Partial<EngineOptions> = {}) {
  const timer = virtualTimer();
  const steps: StepStats[] = [];
  const reads: string[] = [];
  const touches: Touched[] = [];
  let [count, asked] = [0, 0];
  const observer: EngineObserver = {
    touched: (touch, isEntering, seconds) => touches.push({ ...touch, isEntering, seconds }),
    prefixLookup: () => {},
    stepped: (stats) => steps.push(stats),
    firstToken: () => {},
    nextTokens: () => {},
    finished: () => {},
    died: () => {},
  };
  const engine = new Engine({
    maxLoras: 2,
    maxCpuLoras: 4,
    maxNumSeqs: 256,
    maxBatchedTokens: 2048,
    kvBlocks: 26_000,
    hashSeed: 0,
    prefixKey: ({ name }) => name,
    mixesAdaptersUnderLoad: false,
    mixesBaseRows: false,
    timer,
    random: () => hashPair(7, ++count) / 4294967296,
    read: async ({ name }) => {
      reads.push(name);
      return { digest: name, rank: 16, sizeBytes: 1, effect: new Float64Array(EFFECT_SIZE ** 2), slotProblem: null };
    },
    observer,
    ...options,
  });
  const running = engine.run();
  /** Asks for so many tokens. @returns the times at which tokens came, after the last */
  const ask = (lora: LoraEntry | null, tokens: number, promptTokens = 200): Promise<number[]> => {
    const times: number[] = [];
    asked += 1;
    const number = asked;
    const arrivalMs = timer.nowMs();
    return new Promise((resolve, reject) => {
      engine.submit({
        id: `request-${number}`,
        lora,
        // Every prompt differs, so none is found in the prefix cache.
        promptTokens: Array.from({ length: promptTokens }, (_, at) => hashPair(number, at) % 1000),
        maxTokens: tokens,
        open: () => ({ take: (wanted) => ({ ids: Array.from({ length: wanted }, () => 1), done: false }) }),
        onTokens(_, finish) {
          times.push(timer.nowMs() - arrivalMs);
          if (finish !== null) resolve(times);
        },
        onError: reject,
      });
    });
  };
  return {
    engine,
    timer,
    steps,
    reads,
    touches,
    ask,
    async stop() {
      engine.stop();
      await running;
    },
  };
}
