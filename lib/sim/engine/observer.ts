import type { Touch } from "./adapter-cache.ts";
import type { EngineDead } from "./engine-dead.ts";
import type { FinishReason, RequestTimes } from "./request.ts";

export type StepStats = {
  running: number;
  waiting: number;
  deferred: number;
  /** 0 to 1. */
  kvUsage: number;
  /** Adapters with any request, running or not, in order of their first. */
  loraNames: readonly string[];
  runningLoraNames: readonly string[];
  waitingLoraNames: readonly string[];
  computedTokens: number;
  generatedTokens: number;
  /** Distinct adapters of the step's batch. */
  distinctAdapters: number;
};

export type FinishedStats = {
  reason: FinishReason;
  times: RequestTimes;
  nowMs: number;
  promptTokens: number;
  generatedTokens: number;
  maxTokens: number;
};

/** What the engine tells of itself; the metrics are one listener. */
export type EngineObserver = {
  /** @param isEntering false = the adapter was in the batch of the step before @param seconds how long the copies took */
  touched(touch: Touch, isEntering: boolean, seconds: number): void;
  prefixLookup(queriedTokens: number, cachedTokens: number): void;
  stepped(stats: StepStats): void;
  firstToken(seconds: number, promptTokens: number): void;
  nextTokens(seconds: number): void;
  finished(stats: FinishedStats): void;
  died(error: EngineDead): void;
};
