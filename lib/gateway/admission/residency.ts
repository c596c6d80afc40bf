import { FROM_GPU, TwoTierCache } from "#lib/lora-cache/two-tier-cache.ts";
import type { ExpectedTier } from "#lib/requests/trace/trace.ts";
import { isNewerThanScrape } from "./residency-scrape.ts";

export type MeasuredTier = "gpu" | "cpu" | "absent";

/** An adapter that a tier of the node holds, as far as we know. */
export type Resident = {
  readonly name: string;
  readonly id: number;
  /** Requests of ours in flight. */
  running: number;
  /** Those of them in the background. */
  background: number;
  usedAt: number;
  /** Measured to have no slot, although there is room for it: the model alone would give it one. */
  isCopyOnly: boolean;
};

/**
 * What one node process holds in its two tiers, modelled from what we send it and corrected by what it measures. As many
 * names are remembered as host memory has room for.
 */
export class Residency {
  /** Adapters in flight. The engine touches them at every step, so they never lose their slot. */
  readonly running = new Set<Resident>();
  #cache: TwoTierCache;
  readonly #byName = new Map<string, Resident>();
  readonly #byId: (Resident | undefined)[] = [];
  readonly #freeIds: number[] = [];
  #isMeasured = false;
  #scrapedAt = Number.NEGATIVE_INFINITY;

  /** Limits that vLLM would refuse are taken for the nearest it accepts. */
  constructor(maxLoras: number, maxCpuLoras: number) {
    this.#cache = cacheOf(maxLoras, maxCpuLoras);
  }

  /** The same process turns out to have other limits than we were told. */
  resize(maxLoras: number, maxCpuLoras: number): void {
    this.#cache = cacheOf(maxLoras, maxCpuLoras);
    for (const resident of [...this.#byName.values()].sort(byUse)) this.#touch(resident, resident.usedAt);
  }

  find(name: string): Resident | undefined {
    return this.#byName.get(name);
  }

  /** @param resident what `find` returned */
  tierOf(resident: Resident | undefined): ExpectedTier {
    const tier = resident === undefined ? "absent" : this.#cache.tierOf(resident.id);
    if (tier === "absent") return this.#isMeasured ? "disk" : "unknown";
    return resident?.isCopyOnly ? "cpu" : tier;
  }

  /** When the adapter was last used that would lose its slot to a new one; null = a slot is free. */
  coldestUsedAt(): number | null {
    const coldest = this.#spareRunning();
    return coldest === null ? null : coldest.running > 0 ? Number.POSITIVE_INFINITY : coldest.usedAt;
  }

  /** A request for it is dispatched. @param resident what `find` returned */
  begin(name: string, resident: Resident | undefined, isBackground: boolean, now: number): Resident {
    const used = resident ?? this.#add(name);
    this.#spareRunning();
    this.#touch(used, now);
    used.running += 1;
    if (isBackground) used.background += 1;
    this.running.add(used);
    return used;
  }

  end(resident: Resident, isBackground: boolean, now: number): void {
    resident.running -= 1;
    if (isBackground) resident.background -= 1;
    if (resident.running === 0) this.running.delete(resident);
    if (this.#byId[resident.id] === resident) this.#touch(resident, now);
  }

  /**
   * What the node itself says. What it does not name is in no tier. Uses since then are newer than the measurement, and
   * stay on top of it.
   * @returns false when the scrape is not newer than the last one: it changes nothing
   */
  correct(tiers: ReadonlyMap<string, MeasuredTier>, at: number): boolean {
    if (at <= this.#scrapedAt) return false;
    this.#scrapedAt = at;
    const newer: Resident[] = [];
    const slots: Resident[] = [];
    const copies: Resident[] = [];
    for (const resident of this.#byName.values()) {
      const tier = tiers.get(resident.name) ?? "absent";
      if (isNewerThanScrape(resident, at)) newer.push(resident);
      else if (tier === "gpu") slots.push(resident);
      else if (tier === "cpu") copies.push(resident);
      else this.#forget(resident);
    }
    for (const [name, tier] of tiers)
      if (tier !== "absent" && !this.#byName.has(name)) (tier === "gpu" ? slots : copies).unshift(this.#add(name));
    this.#cache.restart();
    for (const group of [copies, slots, newer])
      for (const resident of group.sort(byUse)) this.#touch(resident, resident.usedAt);
    for (const resident of copies) resident.isCopyOnly = true;
    this.#isMeasured = true;
    return true;
  }

  /** Nobody measures it any more: what is in neither tier as far as we know may be anywhere. @returns whether it was measured */
  loseSight(): boolean {
    const wasMeasured = this.#isMeasured;
    this.#isMeasured = false;
    return wasMeasured;
  }

  /** Catches up with the engine's own touches as far as they matter. @returns whom a new adapter would push out, if any */
  #spareRunning(): Resident | null {
    let coldest: Resident | null = null;
    for (let tries = 0; tries <= this.running.size; tries += 1) {
      coldest = this.#byId[this.#cache.leastRecentInSlot()] ?? null;
      if (coldest === null || coldest.running === 0) return coldest;
      this.#cache.touch(coldest.id);
    }
    return coldest;
  }

  #touch(resident: Resident, now: number): void {
    resident.usedAt = now;
    resident.isCopyOnly = false;
    if (this.#cache.touch(resident.id) === FROM_GPU || this.#cache.evictedCpu < 0) return;
    const evicted = this.#byId[this.#cache.evictedCpu];
    if (evicted !== undefined && evicted.running === 0) this.#forget(evicted);
  }

  #add(name: string): Resident {
    const id = this.#freeIds.pop() ?? this.#byId.length;
    const resident = { name, id, running: 0, background: 0, usedAt: Number.NEGATIVE_INFINITY, isCopyOnly: false };
    this.#byId[id] = resident;
    this.#byName.set(name, resident);
    return resident;
  }

  #forget(resident: Resident): void {
    this.#byName.delete(resident.name);
    this.#byId[resident.id] = undefined;
    this.#freeIds.push(resident.id);
  }
}

const cacheOf = (maxLoras: number, maxCpuLoras: number): TwoTierCache => {
  const slots = Math.max(1, Math.floor(maxLoras));
  return new TwoTierCache({ maxLoras: slots, maxCpuLoras: Math.max(slots, Math.floor(maxCpuLoras)) });
};

/** Least recent first; who runs is used at this moment. */
const byUse = (a: Resident, b: Resident): number =>
  a.running === b.running || (a.running > 0 && b.running > 0) ? a.usedAt - b.usedAt : a.running - b.running;
