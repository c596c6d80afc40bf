import { monitorEventLoopDelay } from "node:perf_hooks";
import { countUses, type DerivedCounts, deriveCache } from "#lib/metrics/derived/derive-cache.ts";
import { asEngineSaw, type SentRequest } from "#lib/metrics/derived/engine-moments.ts";
import type { NodeAct } from "#lib/metrics/derived/node-timeline.ts";
import { seededRandom } from "#lib/platform/safetensors/seeded-random.ts";
import { SEEDED_KINDS } from "#lib/vllm/contract/adapters.ts";
import { load, pluginCounts, runFor, unload } from "#lib/vllm/contract/ask.ts";
import type { ContractNode } from "#lib/vllm/contract/point.ts";
import type { NodeUnderTest } from "#lib/vllm/contract/run-points.ts";
import { planTrace } from "../plan-trace.ts";
import { TRACE_START } from "../run-trace.ts";

/** What both came to over one phase. */
export type DerivedPhase = {
  requests: number;
  measured: DerivedCounts;
  derived: DerivedCounts;
  /** For so long whoever asked noticed nothing, at most. */
  stoodStillMs: number;
};
export type DerivedReport = {
  /** One request after the other: the order is known, so both must be equal. */
  alone: DerivedPhase;
  /** Several at once: what came into which step is told from when they were sent and answered. */
  atOnce: DerivedPhase;
};

export type DerivedPlan = {
  seed: string;
  adapters: number;
  /** Requests one after the other. */
  alone: number;
  /** Who asks at once, how often each, and the longest answer: a step of the engine a token. */
  clients: number;
  each: number;
  maxTokens: number;
};
/** Four times as many adapters as there are slots, and twice as many as host memory holds. */
export const DERIVED_PLAN: DerivedPlan = {
  seed: "derived/2",
  adapters: 8,
  alone: 120,
  clients: 3,
  each: 40,
  maxTokens: 16,
};

/**
 * Asks a node as the gateway does, writes down what the gateway and the fleet would, and sets what follows from that beside
 * what the plugin counted.
 * @param node freshly started with TRACE_START
 * @throws Error when a request or a load fails
 */
export async function runDerived(node: NodeUnderTest, plan: DerivedPlan): Promise<DerivedReport> {
  const book = new Book({ ...node, start: TRACE_START, name: (label) => label });
  const events = planTrace({ seed: plan.seed, adapters: plan.adapters, requests: plan.alone, waves: 0, waveWidth: 1 });
  const alone = await book.phase(async () => {
    for (const event of events)
      if (event.kind === "load") await book.load(event.adapter, event.files);
      else if (event.kind === "unload") await book.unload(event.adapter);
      else if (event.kind === "ask") await book.ask(event.adapter, event.tokens);
  });
  return { alone, atOnce: await unlessStoodStill((attempt) => askAtOnce(book, plan, attempt)) };
}

/**
 * Answers that come while whoever asked stands still are all noticed at its end, as if one step had given them: what is told
 * from such moments says nothing about how moments are told. So it is asked again, a few times.
 */
const LONGEST_STANDSTILL_MS = 60;
const MOST_ATTEMPTS = 6;

async function unlessStoodStill(ask: (attempt: number) => Promise<DerivedPhase>): Promise<DerivedPhase> {
  for (let attempt = 1; ; attempt += 1) {
    const phase = await ask(attempt);
    if (phase.stoodStillMs <= LONGEST_STANDSTILL_MS || attempt === MOST_ATTEMPTS) return phase;
  }
}

function askAtOnce(book: Book, plan: DerivedPlan, attempt: number): Promise<DerivedPhase> {
  const random = seededRandom(`${plan.seed}/at-once/${attempt}`);
  const asks = Array.from({ length: plan.clients }, () =>
    Array.from({ length: plan.each }, () => ({
      at: Math.floor(random() ** 1.6 * plan.adapters),
      tokens: 1 + Math.floor(random() * plan.maxTokens),
    })),
  );
  return book.phase(async () => {
    const names = book.names();
    const client = async (own: readonly { at: number; tokens: number }[]) => {
      for (const { at, tokens } of own) await book.ask(names[at] ?? null, tokens);
    };
    await Promise.all(asks.map(client));
  });
}

/** Everything that was asked of one node and done to it, as our own tables would have it. */
class Book {
  readonly #node: ContractNode;
  readonly #requests: SentRequest[] = [];
  readonly #acts: NodeAct[] = [];
  readonly #loaded = new Set<string>();

  constructor(node: ContractNode) {
    this.#node = node;
  }

  names(): string[] {
    return [...this.#loaded];
  }

  async load(loraName: string, files: number): Promise<void> {
    expectOk(`loading ${loraName}`, await load(this.#node, loraName, SEEDED_KINDS[files] ?? "seeded-1"));
    this.#loaded.add(loraName);
    this.#acts.push({ kind: "load", loraName, atMs: Date.now() });
  }

  async unload(loraName: string): Promise<void> {
    expectOk(`unloading ${loraName}`, await unload(this.#node, loraName));
    this.#loaded.delete(loraName);
    this.#acts.push({ kind: "unload", loraName, atMs: Date.now() });
  }

  async ask(loraName: string | null, tokens: number): Promise<void> {
    const dispatchedMs = Date.now();
    expectOk("a request", await runFor(this.#node, loraName ?? this.#node.baseModel, tokens));
    this.#requests.push({ id: `${this.#requests.length}`, loraName, dispatchedMs, endedMs: Date.now() });
  }

  /** What a phase came to by both, though the model follows the node from its beginning. */
  async phase(run: () => Promise<void>): Promise<DerivedPhase> {
    const [fromMs, before, asked] = [Date.now(), await this.#measured(), this.#requests.length];
    const delay = monitorEventLoopDelay({ resolution: 2 });
    delay.enable();
    await run();
    delay.disable();
    const measured = lessThan(await this.#measured(), before);
    const requests = [...this.#requests].sort((one, other) => one.dispatchedMs - other.dispatchedMs);
    const { maxLoras, maxCpuLoras } = TRACE_START;
    const { uses } = deriveCache(asEngineSaw(requests), this.#acts, { maxLoras, maxCpuLoras }, "empty");
    const derived = countUses(uses.filter(({ atMs }) => atMs >= fromMs));
    return { requests: this.#requests.length - asked, measured, derived, stoodStillMs: Math.round(delay.max / 1e6) };
  }

  async #measured(): Promise<DerivedCounts> {
    await this.#node.settle();
    const { evictions, swaps } = pluginCounts(await this.#node.samples());
    return { evictions: { ...evictions }, swaps: { ...swaps } };
  }
}

function expectOk(what: string, { status, text }: { status: number; text: string }): void {
  if (status !== 200) throw new Error(`${what} answered ${status}: ${text.slice(0, 300)}`);
}

const lessThan = (after: DerivedCounts, before: DerivedCounts): DerivedCounts => ({
  evictions: { gpu: after.evictions.gpu - before.evictions.gpu, cpu: after.evictions.cpu - before.evictions.cpu },
  swaps: {
    gpu: after.swaps.gpu - before.swaps.gpu,
    cpu: after.swaps.cpu - before.swaps.cpu,
    disk: after.swaps.disk - before.swaps.disk,
  },
});
