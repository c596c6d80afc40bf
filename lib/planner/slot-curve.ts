import { MissCurveBuilder } from "#lib/lora-cache/miss-curve.ts";
import { AdapterNumbers, type CacheEvent } from "#lib/lora-cache/trace.ts";
import { nodeTimeline } from "#lib/metrics/derived/node-timeline.ts";
import type { NodeTrace } from "./pool-facts.ts";

/** What a node's requests of a window would have cost with other limits. */
export type SlotCurve = {
  /** The most that more slots can help with: beyond it nothing changes. */
  adapters: number;
  /** Adapters that would have lost their slot with so many. Never rises with the slots. */
  lostWith(slots: number): number;
  /** Adapters that would have been read from disk with so many places in host memory. Never rises with them. */
  readWith(cpuPlaces: number): number;
};

/**
 * Replays what a node was asked for through the cache model, for every number of slots at once. The uses are those that its
 * engine made with the slots it has: who waited for a slot would have come sooner with more of them, in the same order but
 * for ties. So all sizes see one order of uses, and vLLM's two tiers are prefixes of one recency list (Mattson): more slots
 * never lose more.
 * @param slots that the engine ran with @param fromMs uses before it only warm the cache
 */
export function slotCurve(trace: NodeTrace, slots: number, fromMs: number): SlotCurve {
  const { events: timeline } = nodeTimeline(trace.requests, trace.acts, slots);
  const largest = Math.max(1, namesOf(timeline.map(({ event }) => event)).size);
  const uses = new Uses(largest);
  let before = uses.soFar();
  let isWarm = false;
  for (const { atMs, event } of timeline) {
    if (!isWarm && atMs >= fromMs) {
      before = uses.soFar();
      isWarm = true;
    }
    uses.see(event);
  }
  const all = uses.soFar();
  const within = (of: "evictions" | "misses", capacity: number): number => {
    if (!isWarm) return 0;
    // host memory and slots of more places than there are adapters hold all of them
    const at = Math.min(Math.max(0, Math.floor(capacity)), largest);
    return (all[of][at] ?? 0) - (before[of][at] ?? 0);
  };
  return {
    adapters: largest,
    lostWith: (count) => within("evictions", count),
    readWith: (places) => within("misses", places),
  };
}

/** Each load of a name makes an adapter of its own, so that there may be more of them than names. */
function namesOf(events: readonly CacheEvent[]): Set<string> {
  const names = new Set<string>();
  let loads = 0;
  for (const event of events) {
    if (typeof event === "string") names.add(event);
    else if (event.kind === "step") for (const name of event.adapters) names.add(name);
    else if (event.kind === "load") {
      loads += 1;
      names.add(`${event.adapter} ${loads}`);
    }
  }
  return names;
}

/** The uses of a trace, one after the other, by numbers. */
class Uses {
  readonly #builder: MissCurveBuilder;
  readonly #numbers = new AdapterNumbers();
  /** Names that were used or loaded, and not unloaded since. */
  readonly #present = new Set<string>();

  constructor(largest: number) {
    this.#builder = new MissCurveBuilder(largest);
  }

  soFar() {
    return this.#builder.result();
  }

  see(event: CacheEvent): void {
    if (typeof event === "string") {
      this.#use(event);
      return;
    }
    switch (event.kind) {
      case "step":
        for (const name of event.adapters) this.#use(name);
        break;
      case "load":
        this.#load(event.adapter);
        break;
      case "unload":
        this.#present.delete(event.adapter);
        this.#numbers.unload(event.adapter);
        break;
      case "restart":
        this.#numbers.restart();
        this.#present.clear();
        this.#builder.restart();
        break;
      case "reload":
      case "remove":
        throw new RangeError(`a node's time line holds no ${event.kind}: it would break the recency list`);
    }
  }

  #use(name: string): void {
    this.#present.add(name);
    this.#builder.touch(this.#numbers.of(name));
  }

  /** A request may be on record a moment before the load that made it possible: then it is the same adapter. */
  #load(name: string): void {
    const number = this.#present.has(name) ? this.#numbers.of(name) : this.#numbers.load(name);
    this.#present.add(name);
    this.#builder.touch(number);
  }
}

/**
 * The fewest slots that keep every node's losses within what is wanted.
 * @param from where to begin: a pool's present slots and one
 * @param wanted losses in the window
 */
export function fewestSlots(curves: readonly SlotCurve[], from: number, wanted: number): number {
  const most = Math.max(from, ...curves.map(({ adapters }) => adapters));
  for (let slots = from; slots < most; slots += 1)
    if (curves.every((curve) => curve.lostWith(slots) <= wanted)) return slots;
  return most;
}
