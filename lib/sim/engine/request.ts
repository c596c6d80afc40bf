import type { LoraEntry } from "../lora-registry.ts";
import type { AdapterWeights } from "../model/load-adapter.ts";
import type { Schedulable } from "./scheduler.ts";

export type FinishReason = "stop" | "length" | "abort" | "error";

/** A source of output tokens. `done` = the model ended by itself with the last of `ids`. */
export type TokenSource = { take(count: number): { ids: readonly number[]; done: boolean } };

/** What the API process hands to the engine. The callbacks run on the engine's turn and must not throw. */
export type RequestSpec = {
  id: string;
  lora: LoraEntry | null;
  promptTokens: readonly number[];
  maxTokens: number;
  /**
   * Asked once, when the request first runs and its adapter's bytes are in a slot.
   * @param weights what is in the slot by now; another load of the same id changes it. null = the base model
   */
  open(weights: () => AdapterWeights | null): TokenSource;
  onTokens(ids: readonly number[], finish: FinishReason | null): void;
  onError(error: Error): void;
};

/** Milliseconds on the engine's clock; null = has not happened. */
export type RequestTimes = {
  arrivalMs: number;
  scheduledMs: number | null;
  firstTokenMs: number | null;
  lastTokenMs: number | null;
};

export class EngineRequest implements Schedulable {
  readonly id: string;
  readonly loraId: number | null;
  readonly kvBlocks: number;
  readonly times: RequestTimes;
  source: TokenSource | null = null;
  emitted = 0;
  isGone = false;
  /** Whose weights it is decoded with; another's than its own only in releases that mix them up. */
  weightsId: number | null;
  #prefillLeft: number | null = null;

  /** @param readCached how many prompt tokens need no computing; asked when the request is first scheduled */
  constructor(
    readonly spec: RequestSpec,
    nowMs: number,
    blockTokens: number,
    private readonly readCached: () => number,
  ) {
    this.id = spec.id;
    this.loraId = spec.lora?.id ?? null;
    this.weightsId = this.loraId;
    this.kvBlocks = Math.ceil((spec.promptTokens.length + spec.maxTokens) / blockTokens);
    this.times = { arrivalMs: nowMs, scheduledMs: null, firstTokenMs: null, lastTokenMs: null };
  }

  get prefillLeft(): number {
    this.#prefillLeft ??= this.spec.promptTokens.length - this.readCached();
    return this.#prefillLeft;
  }

  computed(prefillTokens: number): void {
    this.#prefillLeft = this.prefillLeft - prefillTokens;
  }
}
