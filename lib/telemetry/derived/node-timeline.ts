import type { CacheEvent } from "#lib/lora-cache/trace.ts";

/** A request as far as a node's cache is concerned. Moments in ms. */
export type NodeRequest = {
  /** null = the base model, which takes no slot. */
  loraName: string | null;
  dispatchedMs: number;
  endedMs: number;
};
/** What the fleet did to a node, or saw it do. */
export type NodeAct = { kind: "load" | "unload"; loraName: string; atMs: number } | { kind: "restart"; atMs: number };

/** A moment at which something in the cache may have changed. */
export type TimedEvent = { atMs: number; event: CacheEvent };

type Boundary =
  | { atMs: number; rank: 0; act: NodeAct }
  | { atMs: number; rank: 1; ends: string | null; id: number }
  | { atMs: number; rank: 2; starts: string | null; id: number };

/**
 * What a node's engine saw, from what its requests and loads say: a step at each moment at which its batch changed. Between
 * two such moments every step touches the same adapters, which moves none of them past another. No more distinct adapters
 * than `maxLoras` are in a batch; who comes too many waits, and whoever joins a group that runs does not (vLLM's scheduler
 * passes over a request whose adapter has no slot, and looks at those behind it).
 *
 * Moments are the gateway's: what happens within a few milliseconds may have come in another order on the node.
 */
export function nodeTimeline(
  requests: readonly NodeRequest[],
  acts: readonly NodeAct[],
  maxLoras: number,
): TimedEvent[] {
  const batch = new Batch(maxLoras);
  const loaded = new Set<string>();
  const events: TimedEvent[] = [];
  const boundaries = inOrder(requests, acts);
  boundaries.forEach((boundary, index) => {
    const { atMs } = boundary;
    if (boundary.rank === 0) {
      const event = eventOf(boundary.act, loaded);
      if (boundary.act.kind === "restart") batch.clear();
      if (event !== null) events.push({ atMs, event });
      return;
    }
    if (boundary.rank === 1) batch.end(boundary.ends, boundary.id);
    else batch.start(boundary.starts, boundary.id);
    // what happens at one moment is one change
    if (boundaries[index + 1]?.atMs === atMs) return;
    batch.admit();
    if (!batch.isEmpty()) events.push({ atMs, event: { kind: "step", adapters: batch.adapters() } });
  });
  return events;
}

/** At one moment, who ends makes room for who starts. */
function inOrder(requests: readonly NodeRequest[], acts: readonly NodeAct[]): Boundary[] {
  const boundaries: Boundary[] = acts.map((act) => ({ atMs: act.atMs, rank: 0, act }));
  requests.forEach(({ loraName, dispatchedMs, endedMs }, id) => {
    boundaries.push({ atMs: dispatchedMs, rank: 2, starts: loraName, id });
    // one that ended in the millisecond in which it began still ran
    boundaries.push({ atMs: Math.max(endedMs, dispatchedMs + 0.5), rank: 1, ends: loraName, id });
  });
  return boundaries.sort((one, other) => one.atMs - other.atMs || one.rank - other.rank);
}

/** A load of what is loaded already, such as one whose answer was lost, changed nothing. */
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
  readonly #running = new Map<string, Set<number>>();
  readonly #waiting = new Map<number, string>();
  /** Requests for the base model. */
  #plain = 0;

  constructor(maxLoras: number) {
    this.#maxLoras = maxLoras;
  }

  start(name: string | null, id: number): void {
    if (name === null) {
      this.#plain += 1;
      return;
    }
    this.#waiting.set(id, name);
  }

  end(name: string | null, id: number): void {
    if (name === null) {
      this.#plain = Math.max(0, this.#plain - 1);
      return;
    }
    if (this.#waiting.delete(id)) return;
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
    return this.#running.size === 0 && this.#plain === 0;
  }

  clear(): void {
    this.#plain = 0;
    this.#running.clear();
    this.#waiting.clear();
  }
}

/** The most different adapters that were asked for at one moment of a range, running or waiting. Moments in ms. */
export function peakAdapters(requests: readonly NodeRequest[], fromMs: number, toMs: number): number {
  const asked = new Map<string, number>();
  let peak = 0;
  for (const boundary of inOrder(requests, [])) {
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
