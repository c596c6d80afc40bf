import { seededChance } from "#lib/lora-cache/bursty-trace.ts";
import { type AdapterGroup, adaptersOf, type EngineSettings } from "./node-load.ts";
import { PoissonArrivals } from "./poisson-arrivals.ts";
import { type StepCoefficients, stepMs } from "./step-time.ts";
import { UsedSlots } from "./used-slots.ts";
import { type NodeRequest, WaitingRequests } from "./waiting-requests.ts";

export type NodeRun = {
  /** Simulated. */
  seconds: number;
  /** Requests that were sent. */
  arrived: number;
  arrivedTokens: number;
  /** Steps that began with requests kept back, as clients had as many open as they may. */
  keptBack: number;
  finished: number;
  /** Prompt and reply tokens of finished requests. */
  finishedTokens: number;
  /** Of finished requests; NaN when there are none. */
  ttftMeanS: number;
  /** Averages over time. */
  batch: number;
  distinct: number;
  waiting: number;
  /** Of the decode steps, weighted by what is in the batch: the time between a reply's tokens. */
  stepMs: number;
  swaps: number;
  preemptions: number;
};

export type NodeToRun = {
  groups: readonly AdapterGroup[];
  settings: EngineSettings;
  kvTokens: number;
  step: StepCoefficients;
  seconds: number;
  /** Requests that clients keep open at most; more are not sent. */
  mostOpen: number;
  seed: number;
};

/** Steps that a run takes at most: a bound of time for loads that no node bears. */
const MOST_STEPS = 2_000_000;

/**
 * Plays Poisson arrivals on a node, step by step, by the rules of vLLM's V1 scheduler: running requests first, then
 * waiting ones while tokens, keys and values and slots last. The same input gives the same run.
 */
export function simulateNode(node: NodeToRun): NodeRun {
  return new NodeSimulation(node).run();
}

/** A request in the batch, from that step on; `isIn` until it ends or is preempted. */
type Admission = { request: NodeRequest; from: number; isIn: boolean };

class NodeSimulation {
  private readonly chance: () => number;
  private readonly running: Int32Array;
  private readonly waiting: WaitingRequests;
  /** Requests by the step that they end with. */
  private readonly endings = new Map<number, Admission[]>();
  /** In the order of admission, the latest last; those that ended stay until they come up. */
  private admitted: Admission[] = [];
  private readonly arrivals: PoissonArrivals;
  private readonly slots: UsedSlots;
  private now = 0;
  private step = 0;
  private batch = 0;
  private distinct = 0;
  private kvUsed = 0;
  /** Prompt tokens beyond a step's budget, which the next step computes. */
  private owed = 0;
  private readonly sums = {
    ...{ arrived: 0, arrivedTokens: 0, keptBack: 0, finished: 0, finishedTokens: 0, ttftS: 0, preemptions: 0 },
    ...{ batchS: 0, distinctS: 0, waitingS: 0, batchSteps: 0 },
  };

  constructor(private readonly node: NodeToRun) {
    this.chance = seededChance(node.seed);
    this.running = new Int32Array(adaptersOf(node.groups));
    this.waiting = new WaitingRequests(this.running);
    this.arrivals = new PoissonArrivals(node.groups, this.chance);
    this.slots = new UsedSlots(node.settings.maxLoras, this.running);
  }

  run(): NodeRun {
    const { seconds } = this.node;
    while (this.now < seconds && this.step < MOST_STEPS) {
      if (this.batch === 0 && this.waiting.size === 0) this.now = Math.max(this.now, this.arrivals.nextS);
      if (this.now >= seconds) break;
      this.arrive();
      this.oneStep();
    }
    return this.result();
  }

  private arrive(): void {
    while (this.arrivals.nextS <= this.now) {
      if (this.waiting.size + this.batch >= this.node.mostOpen) {
        this.keepBack();
        return;
      }
      const request = this.arrivals.take();
      this.sums.arrived += 1;
      this.sums.arrivedTokens += request.promptTokens + request.outputTokens;
      this.waiting.add(request);
    }
  }

  private keepBack(): void {
    this.sums.keptBack += 1;
    this.arrivals.skipTo(this.now);
  }

  private oneStep(): void {
    const { settings, step } = this.node;
    const swapsBefore = this.slots.swaps;
    const promptTokens = this.makeRoom() ? 0 : this.admit();
    const ms = stepMs(step, {
      batch: this.batch,
      distinct: settings.maxLoras > 0 ? this.distinct : 0,
      slots: settings.maxLoras,
      maxLoraRank: settings.maxLoraRank,
      promptTokens,
      swaps: this.slots.swaps - swapsBefore,
      waiting: this.waiting.size,
    });
    const s = ms / 1000;
    this.now += s;
    this.step += 1;
    this.sums.batchS += this.batch * s;
    this.sums.distinctS += this.distinct * s;
    this.sums.waitingS += this.waiting.size * s;
    this.sums.batchSteps += this.batch;
    this.kvUsed += this.batch;
    this.noteFirstTokens();
    this.finish();
  }

  /** Of those that came in with this step. */
  private noteFirstTokens(): void {
    for (let at = this.admitted.length - 1; at >= 0; at -= 1) {
      const entry = this.admitted[at];
      if (entry === undefined || entry.from !== this.step - 1) return;
      if (Number.isNaN(entry.request.firstTokenS)) entry.request.firstTokenS = this.now;
    }
  }

  private finish(): void {
    const ending = this.endings.get(this.step);
    if (ending === undefined) return;
    this.endings.delete(this.step);
    for (const entry of ending) {
      if (!entry.isIn) continue; // preempted since
      const { promptTokens, outputTokens, firstTokenS, arrivedS } = entry.request;
      this.leave(entry);
      this.kvUsed -= promptTokens + outputTokens;
      this.sums.finished += 1;
      this.sums.finishedTokens += promptTokens + outputTokens;
      this.sums.ttftS += firstTokenS - arrivedS;
    }
    if (this.admitted.length > 1_000 + 4 * this.batch) this.admitted = this.admitted.filter(({ isIn }) => isIn);
  }

  /** Preempts the latest while the batch's next tokens do not fit. @returns whether it had to */
  private makeRoom(): boolean {
    let preempted = false;
    while (this.batch > 1 && this.kvUsed + this.batch > this.node.kvTokens) {
      const last = this.admitted.pop();
      if (last === undefined) break;
      if (!last.isIn) continue;
      this.leave(last);
      const { request } = last;
      const written = this.step - last.from;
      this.kvUsed -= request.promptTokens + written;
      request.promptTokens += written;
      request.outputTokens -= written;
      this.waiting.putBack(request);
      this.sums.preemptions += 1;
      preempted = true;
    }
    return preempted;
  }

  /** @returns the prompt tokens that this step computes */
  private admit(): number {
    const { settings, kvTokens } = this.node;
    const budget = Math.max(0, settings.maxNumBatchedTokens - this.batch);
    let wanted = this.owed;
    while (wanted < budget && this.batch < settings.maxNumSeqs) {
      const request = this.waiting.first(settings.maxLoras === 0 || this.distinct < settings.maxLoras);
      if (request === null) break;
      if (this.batch > 0 && this.kvUsed + request.promptTokens + this.batch > kvTokens) break;
      this.waiting.take(request);
      this.enter(request);
      wanted += request.promptTokens;
    }
    const computed = Math.min(wanted, budget);
    this.owed = wanted - computed;
    return computed;
  }

  private enter(request: NodeRequest): void {
    const { adapter } = request;
    const entry = { request, from: this.step, isIn: true };
    this.admitted.push(entry);
    const last = this.step + request.outputTokens;
    const ending = this.endings.get(last);
    if (ending) ending.push(entry);
    else this.endings.set(last, [entry]);
    this.kvUsed += request.promptTokens;
    this.batch += 1;
    const before = this.running[adapter] ?? 0;
    this.running[adapter] = before + 1;
    if (before > 0) return;
    this.distinct += 1;
    this.slots.use(adapter, this.step);
    this.waiting.slotChanged(adapter);
  }

  private leave(entry: Admission): void {
    const { adapter } = entry.request;
    entry.isIn = false;
    this.batch -= 1;
    const left = (this.running[adapter] ?? 1) - 1;
    this.running[adapter] = left;
    if (left > 0) return;
    this.distinct -= 1;
    this.waiting.slotChanged(adapter);
  }

  private result(): NodeRun {
    const { ttftS, batchS, distinctS, waitingS, batchSteps, ...counts } = this.sums;
    const seconds = Math.max(this.now, Number.MIN_VALUE);
    return {
      ...{ ...counts, seconds, swaps: this.slots.swaps, ttftMeanS: ttftS / counts.finished },
      ...{ batch: batchS / seconds, distinct: distinctS / seconds, waiting: waitingS / seconds },
      stepMs: (1000 * batchS) / Math.max(1, batchSteps),
    };
  }
}
