import type { AdmissionClock } from "../ask.ts";

/** A request as an engine sees it. */
export type EngineJob = { name: string; promptTokens: number; outputTokens: number; done: () => void };

const TOKENS_PER_STEP = 8;
const STEP_MS = 12;
const PER_SEQUENCE_MS = 0.2;
const PREFILL_TOKENS_PER_MS = 20;
const PREFILL_TOKENS_MAX = 8192;
const CPU_MS = 40;
const DISK_MS = 590;

type Running = { job: EngineJob; prefillLeft: number; outputLeft: number };

/**
 * A vLLM node in virtual time, as the simulated node's engine has it: one step at a time, at most `maxLoras` distinct
 * adapters in it, whoever would be one too many is overtaken, and the whole batch waits while weights are fetched.
 */
export class EngineModel {
  readonly swaps = { cpu: 0, disk: 0 };
  readonly #clock: AdmissionClock;
  readonly #maxLoras: number;
  readonly #maxCpuLoras: number;
  #waiting: Running[] = [];
  #running: Running[] = [];
  /** First = least recent. */
  readonly #slots = new Set<string>();
  readonly #copies = new Set<string>();
  #isStepping = false;

  constructor(clock: AdmissionClock, limits: { maxLoras: number; maxCpuLoras: number }, loaded: readonly string[]) {
    this.#clock = clock;
    this.#maxLoras = limits.maxLoras;
    this.#maxCpuLoras = limits.maxCpuLoras;
    for (const name of loaded) this.#touch(name);
    this.swaps.cpu = 0;
    this.swaps.disk = 0;
  }

  get inFlight(): number {
    return this.#waiting.length + this.#running.length;
  }

  submit(job: EngineJob): void {
    this.#waiting.push({ job, prefillLeft: job.promptTokens, outputLeft: job.outputTokens });
    if (!this.#isStepping) this.#step();
  }

  #step(): void {
    const names = new Set(this.#running.map(({ job }) => job.name));
    this.#waiting = this.#waiting.filter((next) => {
      if (!names.has(next.job.name) && names.size >= this.#maxLoras) return true;
      names.add(next.job.name);
      this.#running.push(next);
      return false;
    });
    this.#isStepping = this.#running.length > 0;
    if (!this.#isStepping) return;
    let ms = STEP_MS + PER_SEQUENCE_MS * (this.#running.length - 1);
    for (const name of names) ms += this.#touch(name);
    let budget = PREFILL_TOKENS_MAX;
    const work = this.#running.map((one) => {
      const prefill = Math.min(one.prefillLeft, budget);
      budget -= prefill;
      ms += prefill / PREFILL_TOKENS_PER_MS;
      return { one, prefill };
    });
    this.#clock.after(ms * (names.size > 1 ? 1.12 + 0.004 * (names.size - 2) : 1.03), () => {
      for (const { one, prefill } of work) {
        one.prefillLeft -= prefill;
        if (one.prefillLeft > 0) continue;
        one.outputLeft -= prefill > 0 ? 1 : TOKENS_PER_STEP;
      }
      const ended = this.#running.filter((one) => one.outputLeft <= 0);
      this.#running = this.#running.filter((one) => one.outputLeft > 0);
      for (const { job } of ended) job.done();
      this.#step();
    });
  }

  /** @returns how long the batch waits */
  #touch(name: string): number {
    const isCopied = this.#copies.delete(name);
    if (!isCopied && this.#copies.size >= this.#maxCpuLoras) this.#slots.delete(dropFirst(this.#copies));
    this.#copies.add(name);
    const hadSlot = this.#slots.delete(name);
    if (!hadSlot && this.#slots.size >= this.#maxLoras) dropFirst(this.#slots);
    this.#slots.add(name);
    if (!isCopied) this.swaps.disk += 1;
    else if (!hadSlot) this.swaps.cpu += 1;
    return !isCopied ? DISK_MS : hadSlot ? 0 : CPU_MS;
  }
}

function dropFirst(set: Set<string>): string {
  for (const name of set) {
    set.delete(name);
    return name;
  }
  return "";
}
