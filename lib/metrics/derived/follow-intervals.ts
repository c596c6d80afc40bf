import type { Measurement } from "#lib/http/schema.ts";
import type { ResidencyTier } from "../schema.ts";
import type { Tiers } from "./derive-cache.ts";

/** Why weights left a tier: promoted = from host memory to a slot; unknown = nobody saw the node any more. */
type ResidencyEnd = "evicted" | "promoted" | "restart" | "unknown";

/** From when to when a name was in a tier. Moments in ms; `endedMs` null = it lasts. */
export type Interval = {
  /** Empty = every name without an interval of its own. */
  loraName: string;
  tier: ResidencyTier;
  epoch: number;
  source: Measurement["source"];
  startedMs: number;
  endedMs: number | null;
  endReason: ResidencyEnd | null;
};
export const EVERY_OTHER = "";

/** Where a part begins: the intervals that reach into it, and the engine's process. */
export type IntervalsBefore = {
  alive: readonly Interval[];
  /** Nothing was missed since they were stored. */
  isContinued: boolean;
  /** Until when those are known to have lasted that do not go on. */
  knownToMs: number;
  epoch: number;
};

/** Turns the tiers that a follower reports into intervals. A name has none while it is where every other name is. */
export class IntervalLog {
  readonly #before: IntervalsBefore;
  readonly #open = new Map<string, Interval>();
  readonly #ended: Interval[] = [];
  #epoch: number;
  #isBegun = false;

  constructor(before: IntervalsBefore) {
    this.#before = before;
    this.#epoch = before.epoch;
  }

  /** What is to be stored: all that was alive at the beginning, as it is now, and all that began since. */
  intervals(): Interval[] {
    return [...this.#ended, ...this.#open.values()];
  }

  /** @param tiers after all that happened at this ms */
  see(atMs: number, { named, rest }: Tiers, restarts: number): void {
    const tierOf = (name: string) => (name === EVERY_OTHER ? rest : (named.get(name) ?? rest));
    if (!this.#isBegun) this.#begin(tierOf);
    if (restarts > 0) for (const one of this.#open.values()) this.#end(one, atMs, "restart");
    this.#epoch += restarts;
    for (const one of this.#open.values()) {
      const tier = tierOf(one.loraName);
      const isPlain = one.loraName !== EVERY_OTHER && tier === rest;
      if (tier !== one.tier || isPlain) this.#end(one, atMs, reasonOf(one.tier, tier));
    }
    for (const name of [EVERY_OTHER, ...named.keys()]) {
      const tier = tierOf(name);
      if (this.#open.has(name) || (name !== EVERY_OTHER && tier === rest)) continue;
      const source = tier === "unknown" ? "inferred" : "derived";
      const since = { startedMs: atMs, endedMs: null, endReason: null };
      this.#open.set(name, { loraName: name, tier, epoch: this.#epoch, source, ...since });
    }
  }

  /** What was alive goes on, unless the follower knows otherwise. */
  #begin(tierOf: (name: string) => ResidencyTier): void {
    this.#isBegun = true;
    for (const one of this.#before.alive)
      if (this.#before.isContinued && tierOf(one.loraName) === one.tier)
        this.#open.set(one.loraName, { ...one, endedMs: null, endReason: null });
      else this.#ended.push({ ...one, endedMs: this.#before.knownToMs, endReason: "unknown" });
  }

  #end(one: Interval, atMs: number, endReason: ResidencyEnd | null): void {
    this.#open.delete(one.loraName);
    if (atMs > one.startedMs) this.#ended.push({ ...one, endedMs: atMs, endReason });
  }
}

function reasonOf(from: ResidencyTier, to: ResidencyTier): ResidencyEnd | null {
  if (from === "absent" || from === "unknown") return null;
  if (to === "gpu") return "promoted";
  return to === "unknown" ? "unknown" : "evicted";
}

/** The same intervals, those before a moment marked: others may have used the node. */
export const inferredUntil = (intervals: readonly Interval[], untilMs: number): Interval[] =>
  intervals.map((one) => (one.startedMs < untilMs ? { ...one, source: "inferred" } : one));
