import type { LoraEntry } from "../lora-registry.ts";
import { InvalidAdapter } from "../model/adapter-errors.ts";
import type { AdapterWeights } from "../model/load-adapter.ts";
import { AdapterCache, type Touch } from "./adapter-cache.ts";
import { EngineDead } from "./engine-dead.ts";
import { cpuSwapMs, diskReadMs, stepMs, TOKENS_PER_STEP } from "./latency.ts";
import type { EngineObserver, StepStats } from "./observer.ts";
import { BLOCK_TOKENS, PrefixCache } from "./prefix-cache.ts";
import { EngineRequest, type FinishReason, type RequestSpec } from "./request.ts";
import { Scheduler } from "./scheduler.ts";
import { stepOrder } from "./step-order.ts";
import type { EngineTimer } from "./timer.ts";

export type EngineOptions = {
  maxLoras: number;
  maxCpuLoras: number;
  maxNumSeqs: number;
  maxBatchedTokens: number;
  kvBlocks: number;
  hashSeed: number;
  /** The prefix cache goes by name and path, not by name alone. */
  keysPrefixesByPath: boolean;
  timer: EngineTimer;
  /** In [0, 1): moves durations inside their range. */
  random: () => number;
  /** Reads and validates an adapter's files, each time anew. */
  read: (entry: LoraEntry) => Promise<AdapterWeights>;
  observer: EngineObserver;
};

type PendingLoad = { entry: LoraEntry; resolve: () => void; reject: (error: unknown) => void };

/** vLLM's engine core: one loop that loads adapters between steps and runs steps over a continuous batch. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #cache: AdapterCache;
  readonly #prefixes: PrefixCache;
  readonly #scheduler: Scheduler<EngineRequest>;
  /** Bytes of what the host tier holds, by adapter id. */
  readonly #weights = new Map<number, AdapterWeights>();
  readonly #loraRequests = new Map<string, number>();
  readonly #loads: PendingLoad[] = [];
  /** Adapter ids of the step before. */
  #lastBatch: ReadonlySet<number> = new Set();
  #wake: (() => void) | null = null;
  #isStopped = false;
  #death: EngineDead | null = null;
  #stalePrefixBlocks = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#cache = new AdapterCache(options.maxLoras, options.maxCpuLoras);
    this.#prefixes = new PrefixCache(options.kvBlocks);
    this.#scheduler = new Scheduler({
      maxLoras: options.maxLoras,
      maxNumSeqs: options.maxNumSeqs,
      maxBatchedTokens: options.maxBatchedTokens,
      kvBlocks: options.kvBlocks,
    });
  }

  get death(): EngineDead | null {
    return this.#death;
  }

  /** Adapter ids per tier, least recent first, and how many prefix blocks of older weights were used. */
  inspect(): { gpu: readonly number[]; cpu: readonly number[]; stalePrefixBlocks: number } {
    return { gpu: this.#cache.gpu(), cpu: this.#cache.cpu(), stalePrefixBlocks: this.#stalePrefixBlocks };
  }

  /**
   * `add_lora`: reads, validates and activates between two steps; every running request waits meanwhile.
   * @throws InvalidAdapter with vLLM's reason, EngineDead
   */
  load(entry: LoraEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#death) return reject(this.#death);
      this.#loads.push({ entry, resolve, reject });
      this.#wake?.();
    });
  }

  /** Queues a request and returns what `abort` takes. */
  submit(spec: RequestSpec): EngineRequest {
    const name = spec.lora?.name ?? "";
    const readCached = () => this.#readCached(spec);
    const request = new EngineRequest(spec, this.#options.timer.nowMs(), BLOCK_TOKENS, readCached);
    if (this.#death) {
      request.isGone = true;
      spec.onError(this.#death);
      return request;
    }
    if (spec.lora) this.#loraRequests.set(name, (this.#loraRequests.get(name) ?? 0) + 1);
    this.#scheduler.add(request);
    this.#wake?.();
    return request;
  }

  /** The client went away. */
  abort(request: EngineRequest): void {
    if (!request.isGone) this.#retire(request, "abort");
  }

  /** Runs until `stop` or until a reload from disk fails, which is fatal for the whole server. Never rejects. */
  async run(): Promise<void> {
    while (!this.#isStopped && !this.#death) {
      const load = this.#loads.shift();
      try {
        if (load) await this.#handleLoad(load);
        else if (this.#scheduler.isIdle || !(await this.#step())) await this.#sleepUntilWork();
      } catch (error) {
        if (!this.#isStopped) this.#die(error);
      }
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#wake?.();
    const stopped = new EngineDead("Server shutting down");
    for (const load of this.#loads.splice(0)) load.reject(stopped);
  }

  #sleepUntilWork(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
      if (this.#isStopped || this.#loads.length > 0) this.#wake();
    });
  }

  async #handleLoad({ entry, resolve, reject }: PendingLoad): Promise<void> {
    try {
      const { weights, waitMs } = await this.#touch(entry);
      await this.#options.timer.wait(waitMs);
      if (weights.slotProblem !== null) throw new InvalidAdapter(weights.slotProblem);
      resolve();
    } catch (error) {
      reject(error);
    }
  }

  /** Makes one adapter active. @throws InvalidAdapter or a file system error when its bytes cannot be read */
  async #touch(entry: LoraEntry): Promise<{ weights: AdapterWeights; waitMs: number }> {
    const { random, read, observer } = this.#options;
    let weights = this.#weights.get(entry.id);
    if (weights === undefined || this.#cache.needsRead(entry.id, entry.loadInplace)) {
      weights = await read(entry);
      entry.weightsDigest = weights.digest;
    }
    const touch = this.#cache.touch(entry.id, entry.loadInplace);
    this.#weights.set(entry.id, weights);
    for (const id of touch.evictedFromCpu) this.#weights.delete(id);
    observer.touched(touch, !this.#lastBatch.has(entry.id));
    return { weights, waitMs: swapMs(touch, random) };
  }

  /** One forward pass; false = nothing could run. */
  async #step(): Promise<boolean> {
    const { timer, random, hashSeed, observer } = this.#options;
    const { admitted, scheduled } = this.#scheduler.plan();
    if (scheduled.length === 0) return false;
    for (const request of admitted) request.times.scheduledMs = timer.nowMs();
    const requests = scheduled.map((entry) => entry.request);
    const loras = new Map(requests.flatMap(({ spec }) => (spec.lora ? [[spec.lora.id, spec.lora] as const] : [])));
    let durationMs = 0;
    for (const lora of stepOrder([...loras.values()], hashSeed)) {
      const { weights, waitMs } = await this.#touch(lora);
      if (weights.slotProblem !== null) throw new InvalidAdapter(weights.slotProblem);
      durationMs += waitMs;
    }
    this.#lastBatch = new Set(loras.keys());
    const prefillTokens = scheduled.reduce((sum, entry) => sum + entry.prefillTokens, 0);
    const hasBase = requests.some((request) => request.loraId === null);
    durationMs += stepMs(
      { sequences: requests.length, prefillTokens, distinctAdapters: loras.size, hasBase },
      random(),
    );
    await timer.wait(durationMs);
    let generatedTokens = 0;
    for (const entry of scheduled) generatedTokens += this.#advance(entry.request, entry.prefillTokens);
    observer.stepped({ ...this.#stats(), computedTokens: prefillTokens, generatedTokens });
    return true;
  }

  /** Gives one request its share of a finished step; returns the tokens it produced. */
  #advance(request: EngineRequest, prefillTokens: number): number {
    if (request.isGone) return 0;
    const { spec, times } = request;
    const isPrefill = prefillTokens > 0;
    request.computed(prefillTokens);
    if (request.prefillLeft > 0) return 0;
    if (isPrefill) this.#prefixes.store(this.#prefixKey(spec), spec.promptTokens, spec.lora?.weightsDigest ?? "");
    request.source ??= spec.open(request.loraId === null ? null : (this.#weights.get(request.loraId) ?? null));
    const room = spec.maxTokens - request.emitted;
    const { ids, done } = request.source.take(Math.min(isPrefill ? 1 : TOKENS_PER_STEP, room));
    const nowMs = this.#options.timer.nowMs();
    if (times.lastTokenMs === null)
      this.#options.observer.firstToken((nowMs - times.arrivalMs) / 1000, spec.promptTokens.length);
    else this.#options.observer.nextTokens((nowMs - times.lastTokenMs) / 1000);
    times.firstTokenMs ??= nowMs;
    times.lastTokenMs = nowMs;
    request.emitted += ids.length;
    const finish: FinishReason | null = done ? "stop" : request.emitted >= spec.maxTokens ? "length" : null;
    if (finish) this.#retire(request, finish);
    spec.onTokens(ids, finish);
    return ids.length;
  }

  #retire(request: EngineRequest, reason: FinishReason): void {
    request.isGone = true;
    this.#scheduler.remove(request);
    const name = request.spec.lora?.name;
    if (name !== undefined) {
      const left = (this.#loraRequests.get(name) ?? 1) - 1;
      if (left === 0) this.#loraRequests.delete(name);
      else this.#loraRequests.set(name, left);
    }
    this.#options.observer.finished({
      reason,
      times: request.times,
      nowMs: this.#options.timer.nowMs(),
      promptTokens: request.spec.promptTokens.length,
      generatedTokens: request.emitted,
      maxTokens: request.spec.maxTokens,
    });
  }

  #prefixKey({ lora }: RequestSpec): string {
    if (lora === null) return "";
    return this.#options.keysPrefixesByPath ? JSON.stringify([lora.name, lora.path]) : lora.name;
  }

  #readCached(spec: RequestSpec): number {
    const hit = this.#prefixes.lookup(this.#prefixKey(spec), spec.promptTokens, spec.lora?.weightsDigest ?? "");
    this.#stalePrefixBlocks += hit.staleBlocks;
    this.#options.observer.prefixLookup(spec.promptTokens.length, hit.cachedTokens);
    return hit.cachedTokens;
  }

  #stats(): Omit<StepStats, "computedTokens" | "generatedTokens"> {
    return {
      running: this.#scheduler.running.length,
      waiting: this.#scheduler.waiting.length,
      deferred: this.#scheduler.deferred.length,
      kvUsage: this.#scheduler.usedKvBlocks / this.#options.kvBlocks,
      loraNames: [...this.#loraRequests.keys()],
    };
  }

  #die(error: unknown): void {
    const death = new EngineDead("EngineCore encountered an issue. See stack trace (above) for the root cause.", error);
    this.#death = death;
    const { running, waiting, deferred } = this.#scheduler;
    for (const request of [...running, ...waiting, ...deferred]) {
      this.#retire(request, "error");
      request.spec.onError(death);
    }
    for (const load of this.#loads.splice(0)) load.reject(death);
    this.#options.observer.died(death);
  }
}

/** How long the batch stands still for one adapter. */
function swapMs(touch: Touch, random: () => number): number {
  switch (touch.source) {
    case "gpu":
      return 0;
    case "cpu":
      return cpuSwapMs(random());
    case "disk":
      return diskReadMs(random()) + cpuSwapMs(random());
  }
}
