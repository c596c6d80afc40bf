import type { CacheEvent } from "#lib/lora-cache/trace.ts";
import { pythonSetOrder } from "#lib/platform/python-set-order.ts";
import { HASH_SEED } from "#lib/vllm/launch-command.ts";

/** A request as far as a node's cache is concerned, at the moments of its engine, in ms (`asEngineSaw`). */
export type NodeRequest = {
  id: string;
  /** null = the base model, which takes no slot. */
  loraName: string | null;
  arrivedMs: number;
  endedMs: number;
};
/** What the fleet did to a node, or saw it do. */
export type NodeAct = { kind: "load" | "unload"; loraName: string; atMs: number } | { kind: "restart"; atMs: number };

/**
 * In which order an engine touches the adapters of a step: it walks a Python set of their names. Exact where it was started
 * with our launch command, which fixes the hashes, and the names lie in it in the order in which their groups formed; of
 * another engine it is one of the orders that it may have, so counts come out as they do on the average engine.
 */
const stepOrder = pythonSetOrder(HASH_SEED);

/** A moment at which something in the cache may have changed. */
export type TimedEvent = { atMs: number; event: CacheEvent };

/** What an engine works on at a moment: plain data, so that it can be kept and gone on from. */
export type EngineWork = {
  /** Names that it lists, as far as we know. */
  loaded: string[];
  /** Adapters in the batch, in the order in which their groups formed, with the requests of each. */
  running: { name: string; ids: string[] }[];
  /** Requests without a slot, in the order in which they came. */
  waiting: { id: string; name: string }[];
  /** Requests for the base model. */
  plain: string[];
  /** Requests of a process that ended before they did. */
  lost: string[];
};
export const NO_WORK: EngineWork = { loaded: [], running: [], waiting: [], plain: [], lost: [] };

/** Where a timeline begins, and at which moment the work is wanted. */
export type TimelinePart = { work: EngineWork; fromMs: number; cutMs: number };
const WHOLE: TimelinePart = { work: NO_WORK, fromMs: Number.NEGATIVE_INFINITY, cutMs: Number.POSITIVE_INFINITY };

export type NodeTimeline = {
  events: TimedEvent[];
  /** Before what happens at `cutMs`. */
  atCut: EngineWork;
  /** When the first of those was sent that ran before the beginning without being known then; null = none did. */
  lateMs: number | null;
};

type Boundary =
  | { atMs: number; rank: 0; act: NodeAct }
  | { atMs: number; rank: 1; ends: string | null; id: string }
  | { atMs: number; rank: 2; starts: string | null; id: string };

/**
 * What a node's engine saw, from what its requests and loads say: a step at each moment at which its batch changed. Between
 * two such moments every step touches the same adapters, which moves none of them past another. No more distinct adapters
 * than `maxLoras` are in a batch; who comes too many waits, and whoever joins a group that runs does not (vLLM's scheduler
 * passes over a request whose adapter has no slot, and looks at those behind it).
 * @param part where to go on from: requests that began before it and are not in its work begin with it
 */
export function nodeTimeline(
  requests: readonly NodeRequest[],
  acts: readonly NodeAct[],
  maxLoras: number,
  part: TimelinePart = WHOLE,
): NodeTimeline {
  const batch = new Batch(maxLoras, part.work, new Set(requests.map(({ id }) => id)));
  const loaded = new Set(part.work.loaded);
  const work = (): EngineWork => ({ loaded: [...loaded], ...batch.work() });
  const events: TimedEvent[] = [];
  let atCut: EngineWork | null = null;
  const { boundaries, lateMs } = inOrder(requests, acts, part.fromMs, batch.ids());
  boundaries.forEach((boundary, index) => {
    const { atMs } = boundary;
    if (atMs >= part.cutMs) atCut ??= work();
    if (boundary.rank === 0) {
      if (boundary.act.kind === "restart") batch.clear();
      const event = eventOf(boundary.act, loaded);
      if (event !== null) events.push({ atMs, event });
      return;
    }
    if (boundary.rank === 1) batch.end(boundary.ends, boundary.id);
    else {
      batch.start(boundary.starts, boundary.id);
      if (boundary.starts !== null) loaded.add(boundary.starts);
    }
    // what happens at one moment is one change
    if (boundaries[index + 1]?.atMs === atMs) return;
    batch.admit();
    if (!batch.isEmpty()) events.push({ atMs, event: { kind: "step", adapters: stepOrder(batch.adapters()) } });
  });
  return { events, atCut: atCut ?? work(), lateMs };
}

/** At one moment, who ends makes room for who starts. */
function inOrder(
  requests: readonly NodeRequest[],
  acts: readonly NodeAct[],
  fromMs: number,
  known: ReadonlySet<string>,
): { boundaries: Boundary[]; lateMs: number | null } {
  const boundaries: Boundary[] = acts.map((act) => ({ atMs: act.atMs, rank: 0, act }));
  let lateMs: number | null = null;
  for (const { id, loraName, arrivedMs, endedMs } of requests) {
    if (!known.has(id)) {
      const isLate = arrivedMs < fromMs && loraName !== null;
      if (isLate) lateMs = Math.min(lateMs ?? arrivedMs, arrivedMs);
      boundaries.push({ atMs: Math.max(arrivedMs, fromMs), rank: 2, starts: loraName, id });
    }
    // one that ended in the millisecond in which it began still ran
    boundaries.push({ atMs: Math.max(endedMs, arrivedMs + 0.5), rank: 1, ends: loraName, id });
  }
  boundaries.sort((one, other) => one.atMs - other.atMs || one.rank - other.rank);
  return { boundaries, lateMs };
}

/** A load of what is loaded already, such as one whose answer was lost or came after the first request, changed nothing. */
function eventOf(act: NodeAct, loaded: Set<string>): CacheEvent | null {
  switch (act.kind) {
    case "restart":
      loaded.clear();
      return { kind: "restart" };
    case "unload":
      loaded.delete(act.loraName);
      return { kind: "unload", adapter: act.loraName };
    case "load":
      if (loaded.has(act.loraName)) return null;
      loaded.add(act.loraName);
      return { kind: "load", adapter: act.loraName };
  }
}

/** Who runs and who waits for a slot, in the order in which they came. */
class Batch {
  readonly #maxLoras: number;
  readonly #running: Map<string, Set<string>>;
  readonly #waiting: Map<string, string>;
  /** Requests for the base model. */
  readonly #plain: Set<string>;
  readonly #lost: Set<string>;

  /** @param told whose end is told: of nobody else it would ever come */
  constructor(maxLoras: number, { running, waiting, plain, lost }: EngineWork, reported: ReadonlySet<string>) {
    this.#maxLoras = maxLoras;
    const groups = running.map(({ name, ids }) => [name, new Set(ids.filter((id) => reported.has(id)))] as const);
    this.#running = new Map(groups.filter(([, ids]) => ids.size > 0));
    this.#waiting = new Map(waiting.flatMap(({ id, name }) => (reported.has(id) ? [[id, name]] : [])));
    this.#plain = new Set(plain.filter((id) => reported.has(id)));
    this.#lost = new Set(lost.filter((id) => reported.has(id)));
  }

  start(name: string | null, id: string): void {
    if (name === null) this.#plain.add(id);
    else this.#waiting.set(id, name);
  }

  end(name: string | null, id: string): void {
    if (this.#lost.delete(id) || this.#plain.delete(id) || this.#waiting.delete(id) || name === null) return;
    const group = this.#running.get(name);
    if (group?.delete(id) && group.size === 0) this.#running.delete(name);
  }

  /** Takes in who waits, as far as there are slots. */
  admit(): void {
    for (const [id, name] of this.#waiting) {
      const group = this.#running.get(name);
      if (group) group.add(id);
      else if (this.#running.size < this.#maxLoras) this.#running.set(name, new Set([id]));
      else continue;
      this.#waiting.delete(id);
    }
  }

  adapters(): string[] {
    return [...this.#running.keys()];
  }

  /** An engine without requests makes no steps. */
  isEmpty(): boolean {
    return this.#running.size === 0 && this.#plain.size === 0;
  }

  /** The process ended: nothing of it runs any more. */
  clear(): void {
    for (const id of this.#unended()) this.#lost.add(id);
    this.#plain.clear();
    this.#running.clear();
    this.#waiting.clear();
  }

  /** Requests that began and have not ended. */
  ids(): Set<string> {
    return new Set([...this.#unended(), ...this.#lost]);
  }

  #unended(): string[] {
    const running = [...this.#running.values()].flatMap((group) => [...group]);
    return [...running, ...this.#waiting.keys(), ...this.#plain];
  }

  work(): Omit<EngineWork, "loaded"> {
    return {
      running: [...this.#running].map(([name, ids]) => ({ name, ids: [...ids] })),
      waiting: [...this.#waiting].map(([id, name]) => ({ id, name })),
      plain: [...this.#plain],
      lost: [...this.#lost],
    };
  }
}

/** The most different adapters that were asked for at one moment of a range, running or waiting. Moments in ms. */
export function peakAdapters(requests: readonly NodeRequest[], fromMs: number, toMs: number): number {
  const asked = new Map<string, number>();
  let peak = 0;
  for (const boundary of inOrder(requests, [], Number.NEGATIVE_INFINITY, new Set()).boundaries) {
    if (boundary.rank === 0 || boundary.atMs >= toMs) continue;
    const name = boundary.rank === 1 ? boundary.ends : boundary.starts;
    if (name === null) continue;
    // who was there before this moment was there when the range began, or since
    if (boundary.atMs > fromMs) peak = Math.max(peak, asked.size);
    const count = (asked.get(name) ?? 0) + (boundary.rank === 1 ? -1 : 1);
    if (count > 0) asked.set(name, count);
    else asked.delete(name);
  }
  return Math.max(peak, asked.size);
}
