import type { LoraEntry } from "../lora-registry.ts";
import { InvalidAdapter } from "../model/adapter-errors.ts";
import type { AdapterWeights } from "../model/load-adapter.ts";
import { AdapterTiers, type TiersOptions, type TouchedAdapter } from "./adapter-tiers.ts";
import { EngineDead } from "./engine-dead.ts";
import { stepMs, TOKENS_PER_STEP } from "./latency.ts";
import type { EngineObserver, StepStats } from "./observer.ts";
import { BLOCK_TOKENS, PrefixCache } from "./prefix-cache.ts";
import { EngineRequest, type FinishReason, type RequestSpec } from "./request.ts";
import { Scheduler } from "./scheduler.ts";
import { type StepOrder, stepOrderOf } from "./step-order.ts";
import type { EngineTimer } from "./timer.ts";

export type EngineOptions = TiersOptions & {
  maxNumSeqs: number;
  maxBatchedTokens: number;
  kvBlocks: number;
  hashSeed: number;
  /** What the prefix cache knows an adapter by. */
  prefixKey: (lora: LoraEntry) => string;
  /** Requests whose slot a load takes go on with the new adapter. */
  mixesAdaptersUnderLoad: boolean;
  /** Base rows of a step with adapters are computed with whatever lies in the last slot: their index is -1. */
  mixesBaseRows: boolean;
  timer: EngineTimer;
  observer: EngineObserver;
};

/** Work that runs between two steps; every running request waits meanwhile. */
type Call = { run: () => Promise<void>; reject: (error: unknown) => void };

export type EngineState = { gpu: readonly number[]; cpu: readonly number[]; stalePrefixBlocks: number };

/** vLLM's engine core: one loop that loads adapters between steps and runs steps over a continuous batch. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #tiers: AdapterTiers;
  readonly #scheduler: Scheduler<EngineRequest>;
  readonly #loraRequests = new Map<string, number>();
  readonly #calls: Call[] = [];
  #prefixes: PrefixCache;
  /** What base rows of the present step are computed with; null = the base alone, as it should be. */
  #baseWeights: AdapterWeights | null = null;
  readonly #stepOrder: StepOrder;
  /** Adapters of the step before by their ids, in the order in which they joined the batch. */
  #lastBatch: ReadonlyMap<number, LoraEntry> = new Map();
  #wake: (() => void) | null = null;
  /** Something was asked since the loop last looked. */
  #hasNews = false;
  #isPaused = false;
  #isStopped = false;
  #death: EngineDead | null = null;
  #stalePrefixBlocks = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#tiers = new AdapterTiers(options);
    this.#stepOrder = stepOrderOf(options.hashSeed);
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
  inspect(): EngineState {
    return { ...this.#tiers.inspect(), stalePrefixBlocks: this.#stalePrefixBlocks };
  }

  /**
   * `add_lora`: reads, validates and activates between two steps. When the copy into the slot fails the adapter stays in
   * both tiers all the same, under an id that no name has.
   * @throws InvalidAdapter with vLLM's reason, EngineDead
   */
  load(entry: LoraEntry): Promise<void> {
    return this.#call(async () => {
      const { weights, touch, waitMs } = await this.#touch(entry);
      if (this.#options.mixesAdaptersUnderLoad)
        for (const request of this.#scheduler.running)
          if (request.loraId !== null && touch.evictedFromGpu.includes(request.loraId)) request.weightsId = entry.id;
      await this.#options.timer.wait(waitMs);
      if (weights.slotProblem !== null) throw new InvalidAdapter(weights.slotProblem);
    });
  }

  /** `remove_lora`, which no unload calls. @throws EngineDead */
  removeLora(id: number): Promise<boolean> {
    return this.#call(async () => this.#tiers.remove(id));
  }

  /** `pin_lora`. @throws RangeError when it has no host copy, EngineDead */
  pinLora(id: number): Promise<boolean> {
    return this.#call(async () => {
      this.#tiers.pin(id);
      return true;
    });
  }

  /** @returns false while requests hold blocks. @throws EngineDead */
  resetPrefixCache(): Promise<boolean> {
    return this.#call(async () => {
      if (this.#scheduler.running.length > 0) return false;
      this.#prefixes = new PrefixCache(this.#options.kvBlocks);
      return true;
    });
  }

  /** Requests that wait or run. */
  get unfinished(): number {
    return this.#requests().length;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Ends requests with what they have. @param ids as they were submitted; null = all */
  endRequests(ids: readonly string[] | null): void {
    for (const request of this.#requests()) if (ids === null || ids.includes(request.id)) this.#end(request);
  }

  /** No step runs until `resume`; loads do. @param aborts whether requests end now */
  pause(aborts: boolean): void {
    this.#isPaused = true;
    if (aborts) this.endRequests(null);
  }

  /** @param dropsAdapters as waking from level 2 does: both tiers are empty, the names stay known */
  resume(dropsAdapters = false): void {
    this.#isPaused = false;
    if (dropsAdapters) {
      this.#tiers.clear();
      this.#prefixes = new PrefixCache(this.#options.kvBlocks);
    }
    this.#notify();
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
    this.#notify();
    return request;
  }

  /** The client went away. */
  abort(request: EngineRequest): void {
    if (!request.isGone) this.#retire(request, "abort");
  }

  /** Runs until `stop` or until a reload from disk fails, which is fatal for the whole server. Never rejects. */
  async run(): Promise<void> {
    while (!this.#isStopped && !this.#death) {
      this.#hasNews = false;
      const call = this.#calls.shift();
      try {
        if (call) await call.run();
        else if (this.#isPaused || this.#scheduler.isIdle || !(await this.#step())) {
          await this.#sleepUntilNews();
          this.#options.timer.begin();
        }
      } catch (error) {
        if (!this.#isStopped) this.#die(error);
      }
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#notify();
    const stopped = new EngineDead("Server shutting down");
    for (const call of this.#calls.splice(0)) call.reject(stopped);
  }

  #call<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#death) return reject(this.#death);
      this.#calls.push({ run: () => work().then(resolve, reject), reject });
      this.#notify();
    });
  }

  #notify(): void {
    this.#hasNews = true;
    this.#wake?.();
  }

  #sleepUntilNews(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
      if (this.#hasNews || this.#isStopped || this.#calls.length > 0) this.#wake();
    });
  }

  async #touch(entry: LoraEntry): Promise<TouchedAdapter> {
    const touched = await this.#tiers.touch(entry);
    const { touch, waitMs } = touched;
    this.#options.observer.touched(touch, !this.#lastBatch.has(entry.id), this.#options.timer.realMs(waitMs) / 1000);
    return touched;
  }

  /** One forward pass; false = nothing could run. */
  async #step(): Promise<boolean> {
    const { timer, random, observer } = this.#options;
    const { admitted, scheduled } = this.#scheduler.plan();
    if (scheduled.length === 0) return false;
    for (const request of admitted) request.times.scheduledMs = timer.nowMs();
    const requests = scheduled.map((entry) => entry.request);
    const loras = this.#batchOf(requests);
    let durationMs = 0;
    for (const lora of this.#stepOrder([...loras.values()])) {
      const { weights, waitMs } = await this.#touch(lora);
      if (weights.slotProblem !== null) throw new InvalidAdapter(weights.slotProblem);
      durationMs += waitMs;
    }
    this.#lastBatch = loras;
    this.#baseWeights = this.#options.mixesBaseRows && loras.size > 0 ? this.#tiers.lastSlotWeights() : null;
    const prefillTokens = scheduled.reduce((sum, entry) => sum + entry.prefillTokens, 0);
    const hasBase = requests.some((request) => request.loraId === null);
    durationMs += stepMs(
      { sequences: requests.length, prefillTokens, distinctAdapters: loras.size, hasBase },
      random(),
    );
    await timer.wait(durationMs);
    let generatedTokens = 0;
    for (const entry of scheduled) generatedTokens += this.#advance(entry.request, entry.prefillTokens);
    observer.stepped({
      ...this.#stats(),
      computedTokens: prefillTokens,
      generatedTokens,
      distinctAdapters: loras.size,
    });
    return true;
  }

  /** Whoever stays in the batch keeps its place; who joins it stands behind. */
  #batchOf(requests: readonly EngineRequest[]): Map<number, LoraEntry> {
    const wanted = new Map(requests.flatMap(({ spec }) => (spec.lora ? [[spec.lora.id, spec.lora] as const] : [])));
    const staying = [...this.#lastBatch].filter(([id]) => wanted.has(id));
    return new Map([...staying, ...wanted]);
  }

  /** Gives one request its share of a finished step; returns the tokens it produced. */
  #advance(request: EngineRequest, prefillTokens: number): number {
    if (request.isGone) return 0;
    const { spec, times } = request;
    const isPrefill = prefillTokens > 0;
    request.computed(prefillTokens);
    if (request.prefillLeft > 0) return 0;
    if (isPrefill) this.#prefixes.store(this.#prefixKey(spec), spec.promptTokens, spec.lora?.weightsDigest ?? "");
    request.source ??= spec.open(() =>
      request.weightsId === null ? this.#baseWeights : this.#tiers.weightsOf(request.weightsId),
    );
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
    return lora === null ? "" : this.#options.prefixKey(lora);
  }

  #readCached(spec: RequestSpec): number {
    const hit = this.#prefixes.lookup(this.#prefixKey(spec), spec.promptTokens, spec.lora?.weightsDigest ?? "");
    this.#stalePrefixBlocks += hit.staleBlocks;
    this.#options.observer.prefixLookup(spec.promptTokens.length, hit.cachedTokens);
    return hit.cachedTokens;
  }

  #stats(): Omit<StepStats, "computedTokens" | "generatedTokens" | "distinctAdapters"> {
    const { running, waiting, deferred } = this.#scheduler;
    return {
      running: running.length,
      waiting: waiting.length,
      deferred: deferred.length,
      kvUsage: this.#scheduler.usedKvBlocks / this.#options.kvBlocks,
      loraNames: [...this.#loraRequests.keys()],
      runningLoraNames: namesOf(running),
      waitingLoraNames: namesOf([...deferred, ...waiting]),
    };
  }

  #requests(): EngineRequest[] {
    const { running, waiting, deferred } = this.#scheduler;
    return [...running, ...waiting, ...deferred];
  }

  /** Ends a request with what it has. */
  #end(request: EngineRequest): void {
    this.#retire(request, "abort");
    request.spec.onTokens([], "abort");
  }

  #die(error: unknown): void {
    const death = new EngineDead("EngineCore encountered an issue. See stack trace (above) for the root cause.", error);
    this.#death = death;
    for (const request of this.#requests()) {
      this.#retire(request, "error");
      request.spec.onError(death);
    }
    for (const call of this.#calls.splice(0)) call.reject(death);
    this.#options.observer.died(death);
  }
}

const namesOf = (requests: readonly EngineRequest[]): string[] => [
  ...new Set(requests.flatMap(({ spec }) => (spec.lora ? [spec.lora.name] : []))),
];
