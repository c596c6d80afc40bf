/** What the scheduler must know of a request. */
export type Schedulable = {
  readonly id: string;
  /** null = the base model, which needs no slot. */
  readonly loraId: number | null;
  /** Prompt tokens still to compute; 0 = decoding. */
  readonly prefillLeft: number;
  /** KV blocks the request needs at its longest. */
  readonly kvBlocks: number;
};

export type Limits = { maxLoras: number; maxNumSeqs: number; maxBatchedTokens: number; kvBlocks: number };

/** One engine step: who runs, and how many prompt tokens of each are computed. */
export type Plan<R> = { admitted: readonly R[]; scheduled: readonly { request: R; prefillTokens: number }[] };

/**
 * vLLM's V1 scheduler as far as LoRA sees it (`Scheduler.schedule`): running requests first; a waiting request whose
 * adapter would be one too many for `max_loras` is skipped and everything behind it may overtake; skipped requests are
 * looked at first in the next step; nothing ages. Preemption is not modelled: a request enters only when the KV blocks
 * it may ever need are free.
 */
export class Scheduler<R extends Schedulable> {
  readonly #limits: Limits;
  #waiting: R[] = [];
  #skipped: R[] = [];
  #running: R[] = [];

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  add(request: R): void {
    this.#waiting.push(request);
  }

  /** Finished or aborted: forgets the request wherever it stands. */
  remove(request: R): void {
    const others = (list: R[]) => list.filter((other) => other !== request);
    this.#waiting = others(this.#waiting);
    this.#skipped = others(this.#skipped);
    this.#running = others(this.#running);
  }

  /** The next step's batch; admits what fits. */
  plan(): Plan<R> {
    const scheduled: { request: R; prefillTokens: number }[] = [];
    let budget = this.#limits.maxBatchedTokens;
    const give = (request: R) => {
      const prefillTokens = Math.min(request.prefillLeft, budget);
      scheduled.push({ request, prefillTokens });
      budget -= Math.max(1, prefillTokens);
    };
    for (const request of this.#running) if (budget > 0) give(request);
    const admitted = this.#admit(
      scheduled.map((entry) => entry.request),
      () => budget > 0,
      give,
    );
    return { admitted, scheduled };
  }

  #admit(scheduled: readonly R[], hasBudget: () => boolean, give: (request: R) => void): R[] {
    const loras = new Set(scheduled.map((request) => request.loraId).filter((id) => id !== null));
    const queue = [...this.#skipped, ...this.#waiting];
    const [skipped, admitted]: [R[], R[]] = [[], []];
    let usedBlocks = this.usedKvBlocks;
    let at = 0;
    for (; at < queue.length; at += 1) {
      const request = queue[at];
      if (request === undefined || !hasBudget() || this.#running.length >= this.#limits.maxNumSeqs) break;
      if (request.loraId !== null && loras.size >= this.#limits.maxLoras && !loras.has(request.loraId)) {
        skipped.push(request);
        continue;
      }
      if (usedBlocks + request.kvBlocks > this.#limits.kvBlocks) break;
      usedBlocks += request.kvBlocks;
      if (request.loraId !== null) loras.add(request.loraId);
      this.#running.push(request);
      admitted.push(request);
      give(request);
    }
    const wasSkipped = new Set(this.#skipped);
    const rest = queue.slice(at);
    this.#skipped = [...skipped, ...rest.filter((request) => wasSkipped.has(request))];
    this.#waiting = rest.filter((request) => !wasSkipped.has(request));
    return admitted;
  }

  get isIdle(): boolean {
    return this.#running.length + this.#waiting.length + this.#skipped.length === 0;
  }

  get running(): readonly R[] {
    return this.#running;
  }

  /** Waiting for room (`reason="capacity"`). */
  get waiting(): readonly R[] {
    return this.#waiting;
  }

  /** Skipped because every slot of the step was taken (`reason="deferred"`). */
  get deferred(): readonly R[] {
    return this.#skipped;
  }

  get usedKvBlocks(): number {
    return this.#running.reduce((sum, request) => sum + request.kvBlocks, 0);
  }
}
