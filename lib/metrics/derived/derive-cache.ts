import { type CacheLimits, resolveLimits } from "#lib/lora-cache/limits.ts";
import { type ReplayedTouch, replay } from "#lib/lora-cache/replay.ts";
import type { CacheEvent } from "#lib/lora-cache/trace.ts";
import type { Source } from "#lib/lora-cache/two-tier-cache.ts";
import type { ResidencyTier } from "../schema.ts";
import { type EngineWork, NO_WORK, type NodeAct, type NodeRequest, nodeTimeline } from "./node-timeline.ts";

/** One adapter that had to be fetched, or that was there when its first request came. */
export type DerivedUse = {
  atMs: number;
  adapter: string;
  by: "request" | "load";
  /** Where its weights came from. */
  source: Source;
  /** Who had to go for it. */
  evicted: { gpu: string | null; cpu: string | null };
};

export type DerivedCache = {
  /** In order of time; uses within a group that runs already are left out. */
  uses: DerivedUse[];
  /**
   * From here on the figures are exact for this order of events: before it, adapters may lie in the tiers that nobody saw
   * come in. null = not settled yet.
   */
  settledMs: number | null;
};

/** Where weights are at a moment: by name, and where every other name is. */
export type Tiers = { named: ReadonlyMap<string, ResidencyTier>; rest: "absent" | "unknown" };
/** Called with the tiers at the beginning of a part, and after each ms in which they changed. */
export type OnTiers = (atMs: number, tiers: Tiers, restarts: number) => void;

/**
 * What is known of the tiers before the first event: `empty` = the process began with it; names = these lie in host memory,
 * and nothing else does; `unknown` = anything may.
 */
export type CacheBefore = "empty" | "unknown" | readonly string[];

/** A node's cache and work at a moment: plain data, so that it can be kept and gone on from. */
export type CacheState = {
  work: EngineWork;
  /**
   * Who lies in host memory, the least recent first; the last `maxLoras` of them have the slots. A copy of a name that was
   * loaded anew since stands under a name that nobody asks for.
   */
  recency: string[];
  /** Adapters of the latest step. */
  lastStep: string[];
  settling: SettlingState;
  unseen: UnseenState;
};
/** How many different adapters must be used until nobody unseen can be left, and who was. */
type SettlingState = { settledMs: number | null; needed: number; seen: string[] };
/**
 * What nobody saw come in. `isAny` = anything may be there, apart from what is in `used`. `waiting` lay in host memory at the
 * beginning, in an unknown order, and was not used since.
 */
type UnseenState = { isAny: boolean; used: string[]; waiting: string[] };

/**
 * @param loaded names that the node lists; those that lie in host memory when left out
 * @throws RangeError on more adapters in host memory than it holds, or limits that vLLM refuses
 */
export function stateBefore(before: CacheBefore, limits: CacheLimits, loaded?: readonly string[]): CacheState {
  const { maxLoras, maxCpuLoras } = resolveLimits(limits);
  const recency = typeof before === "string" ? [] : [...before];
  if (recency.length > maxCpuLoras)
    throw new RangeError(`${recency.length} adapters do not fit in ${maxCpuLoras} places`);
  const needed = before === "empty" ? 0 : before === "unknown" ? maxCpuLoras : maxLoras;
  return {
    work: { ...NO_WORK, loaded: [...(loaded ?? recency)] },
    recency,
    lastStep: [],
    settling: { settledMs: null, needed, seen: [] },
    unseen: { isAny: before === "unknown", used: [], waiting: recency },
  };
}

/**
 * Somebody else may have used the tiers until now. Exact again when so many other adapters were used: as many as there are
 * slots where all that the node lists lies in host memory anyway, else as many as host memory holds.
 * @param hasUnmanaged the node lists what we did not load
 */
export function unsettle(state: CacheState, limits: CacheLimits, hasUnmanaged: boolean): CacheState {
  const { maxLoras, maxCpuLoras } = resolveLimits(limits);
  const { settledMs, needed: before } = state.settling;
  const isComplete = settledMs === null ? before < maxCpuLoras : state.recency.length < maxCpuLoras;
  const needed = isComplete && !hasUnmanaged ? maxLoras : maxCpuLoras;
  return { ...state, settling: { settledMs: null, needed, seen: [] } };
}

/** What vLLM's two tiers did on one node during one of its lives, from its requests and loads alone. */
export function deriveCache(
  requests: readonly NodeRequest[],
  acts: readonly NodeAct[],
  limits: CacheLimits,
  before: CacheBefore,
  loaded?: readonly string[],
): DerivedCache {
  const { uses, settledMs } = followCache(stateBefore(before, limits, loaded), requests, acts, limits);
  return { uses, settledMs };
}

export type FollowedCache = DerivedCache & {
  /** As it was when the cut came. */
  after: CacheState;
  /** As in `NodeTimeline`. */
  lateMs: number | null;
};

type FollowedSpan = { fromMs: number; cutMs: number; onTiers?: OnTiers };

/**
 * Goes on from a state. Whoever follows a node piece by piece, each from where the last was cut, comes to the same as
 * whoever follows it at once.
 * @param requests all that had not ended when the part begins; @param acts those since then
 */
export function followCache(
  state: CacheState,
  requests: readonly NodeRequest[],
  acts: readonly NodeAct[],
  limits: CacheLimits,
  part: FollowedSpan = { fromMs: Number.NEGATIVE_INFINITY, cutMs: Number.POSITIVE_INFINITY },
): FollowedCache {
  const { maxLoras, maxCpuLoras } = resolveLimits(limits);
  const { events, atCut, lateMs } = nodeTimeline(requests, acts, maxLoras, { ...part, work: state.work });
  const seeds = seedsOf(state, maxCpuLoras);
  const trace = [...seeds, ...events.map(({ event }) => event)];
  const touches = touchesByEvent(replay(trace, limits, { stepBefore: state.lastStep }).perEvent);
  const tracker = new CacheTracker(state, maxCpuLoras);
  const uses: DerivedUse[] = [];
  part.onTiers?.(part.fromMs, tracker.tiers(maxLoras), 0);
  let [isMoved, restarts] = [false, 0];
  let after: CacheState | null = null;
  events.forEach(({ atMs, event }, index) => {
    if (atMs >= part.cutMs) after ??= tracker.state(atCut);
    const own = touches.get(seeds.length + index) ?? [];
    tracker.see(event, own, atMs);
    for (const { by, adapter, source, entered, evicted } of own)
      if (by !== "step" || entered || source !== "gpu")
        uses.push({ atMs, adapter, by: by === "step" ? "request" : "load", source, evicted: plainNames(evicted) });
    if (typeof event !== "string" && event.kind === "restart") restarts += 1;
    isMoved ||= restarts > 0 || own.length > 0;
    const ms = Math.floor(atMs);
    if (part.onTiers === undefined || !isMoved || Math.floor(events[index + 1]?.atMs ?? Number.NaN) === ms) return;
    part.onTiers(ms, tracker.tiers(maxLoras), restarts);
    [isMoved, restarts] = [false, 0];
  });
  return { uses, settledMs: tracker.settledMs, after: after ?? tracker.state(atCut), lateMs };
}

/** Brings an empty cache to a state. */
function seedsOf({ recency, work }: CacheState, maxCpuLoras: number): CacheEvent[] {
  const listed = new Set(work.loaded);
  const unload = (adapter: string) => ({ kind: "unload" as const, adapter });
  // host memory may have become smaller since
  const resident = recency.slice(-maxCpuLoras);
  // whose name was unloaded while a request waits that was accepted before: a load of it to come is another adapter
  const asked = new Set([...work.waiting, ...work.running].map(({ name }) => name));
  const forgotten = [...asked].filter((name) => !listed.has(name) && !resident.includes(name));
  return [
    ...resident.flatMap((adapter): CacheEvent[] => [
      { kind: "load", adapter },
      ...(listed.has(adapter) ? [] : [unload(adapter)]),
    ]),
    ...forgotten.map(unload),
  ];
}

/** A name of a recency list that stands for weights that nobody asks for any more. */
const COPY = / \(copy \d+\)$/;
const plainNames = ({ gpu, cpu }: ReplayedTouch["evicted"]): DerivedUse["evicted"] => ({
  gpu: gpu?.replace(COPY, "") ?? null,
  cpu: cpu?.replace(COPY, "") ?? null,
});

function touchesByEvent(touches: readonly ReplayedTouch[]): Map<number, ReplayedTouch[]> {
  const groups = new Map<number, ReplayedTouch[]>();
  for (const touch of touches) {
    const own = groups.get(touch.event);
    if (own) own.push(touch);
    else groups.set(touch.event, [touch]);
  }
  return groups;
}

/** Keeps what a state is made of: both tiers are one list by recency (see lora-cache), so who was used last stands last. */
class CacheTracker {
  readonly #places: number;
  readonly #recency: Set<string>;
  #lastStep: readonly string[];
  #settledMs: number | null;
  readonly #needed: number;
  readonly #seen: Set<string>;
  #isAnyUnseen: boolean;
  readonly #used: Set<string>;
  readonly #waiting: Set<string>;
  #copies = 0;

  constructor({ recency, lastStep, settling, unseen }: CacheState, places: number) {
    this.#places = places;
    this.#recency = new Set(recency.slice(-places));
    this.#lastStep = lastStep;
    this.#settledMs = settling.settledMs;
    this.#needed = settling.needed;
    this.#seen = new Set(settling.seen);
    this.#isAnyUnseen = unseen.isAny;
    this.#used = new Set(unseen.used);
    this.#waiting = new Set(unseen.waiting);
  }

  get settledMs(): number | null {
    return this.#settledMs;
  }

  /**
   * Both tiers are one list by recency, of which the last have the slots; so whoever was used since the list was begun is
   * where it is, whatever was there before. Of who waited there all along the order is not known: not who had the slots,
   * which matters until others took them all, nor who had to go first, which matters while some went and some did not.
   */
  tiers(maxLoras: number): Tiers {
    const named = new Map<string, ResidencyTier>();
    if (this.#isAnyUnseen) for (const name of this.#used) named.set(name, "absent");
    const names = [...this.#recency];
    const firstInSlot = names.length - maxLoras;
    for (const [place, name] of names.entries())
      if (!COPY.test(name)) named.set(name, place >= firstInSlot ? "gpu" : "cpu");
    const held = [...this.#waiting].filter((name) => this.#recency.has(name)).length;
    const tier = this.#settledMs !== null && held === this.#waiting.size ? "cpu" : "unknown";
    if (held > 0) for (const name of this.#waiting) named.set(name, tier);
    return { named, rest: this.#isAnyUnseen ? "unknown" : "absent" };
  }

  see(event: CacheEvent, touches: readonly ReplayedTouch[], atMs: number): void {
    if (typeof event !== "string" && event.kind === "restart") {
      this.#recency.clear();
      this.#lastStep = [];
      this.#settledMs ??= atMs;
      this.#seeAll();
      this.#waiting.clear();
    }
    if (typeof event !== "string" && event.kind === "step") this.#lastStep = event.adapters;
    for (const touch of touches) this.#touch(touch, atMs);
  }

  #touch({ adapter, by }: ReplayedTouch, atMs: number): void {
    if (this.#settledMs === null && this.#seen.size >= this.#needed) {
      this.#settledMs = atMs;
      this.#seeAll();
    }
    if (this.#settledMs === null) this.#seen.add(adapter);
    if (this.#isAnyUnseen) this.#used.add(adapter);
    this.#waiting.delete(adapter);
    if (by === "load") this.#setAside(adapter);
    this.#recency.delete(adapter);
    this.#recency.add(adapter);
    for (const name of this.#recency) {
      if (this.#recency.size <= this.#places) break;
      this.#recency.delete(name);
    }
  }

  #seeAll(): void {
    this.#isAnyUnseen = false;
    this.#used.clear();
  }

  /** The copy of an earlier load of the same name keeps its place. */
  #setAside(name: string): void {
    if (!this.#recency.has(name)) return;
    let copy = name;
    while (this.#recency.has(copy)) copy = `${name} (copy ${++this.#copies})`;
    const renamed = [...this.#recency].map((one) => (one === name ? copy : one));
    this.#recency.clear();
    for (const one of renamed) this.#recency.add(one);
  }

  state(work: EngineWork): CacheState {
    return {
      work,
      recency: [...this.#recency],
      lastStep: [...this.#lastStep],
      settling: { settledMs: this.#settledMs, needed: this.#needed, seen: [...this.#seen] },
      unseen: { isAny: this.#isAnyUnseen, used: [...this.#used], waiting: [...this.#waiting] },
    };
  }
}

/** Sums over a stretch of time. */
export type DerivedCounts = {
  evictions: { gpu: number; cpu: number };
  /** By where the weights were when a request's adapter entered the batch; `gpu` = they were in their slot. */
  swaps: { gpu: number; cpu: number; disk: number };
};

export function countUses(uses: readonly DerivedUse[]): DerivedCounts {
  const counts = { evictions: { gpu: 0, cpu: 0 }, swaps: { gpu: 0, cpu: 0, disk: 0 } };
  for (const { source, evicted } of uses) {
    counts.swaps[source] += 1;
    if (evicted.gpu !== null) counts.evictions.gpu += 1;
    if (evicted.cpu !== null) counts.evictions.cpu += 1;
  }
  return counts;
}
