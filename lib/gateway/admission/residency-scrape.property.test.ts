import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MeasuredTier, Residency } from "./residency.ts";
import { CLOCKS_APART_MS, isNewerThanScrape, momentOfScrape } from "./residency-scrape.ts";

const moment = fc.integer({ min: 0, max: 1_000_000 });

describe("whether our own use is newer than a scrape", () => {
  it("is so while it runs, and from the scrape's moment on", () => {
    fc.assert(
      fc.property(moment, moment, fc.nat({ max: 3 }), (usedAt, scrapedAt, running) => {
        expect(isNewerThanScrape({ running, usedAt }, scrapedAt)).toBe(running > 0 || usedAt >= scrapedAt);
      }),
    );
    expect(isNewerThanScrape({ running: 0, usedAt: Number.NEGATIVE_INFINITY }, 0)).toBe(false);
  });

  it("never takes a scrape for newer than it is, whichever clock is fast by up to a second", () => {
    const skew = fc.integer({ min: -CLOCKS_APART_MS, max: CLOCKS_APART_MS });
    fc.assert(
      fc.property(moment, fc.nat({ max: 90_000 }), skew, (steadyNow, ageMs, skewMs) => {
        const now = new Date("2026-11-24T12:00:00.000Z");
        const at = new Date(now.getTime() - ageMs + skewMs);
        expect(momentOfScrape(at, now, steadyNow)).toBeLessThanOrEqual(steadyNow - ageMs);
      }),
    );
  });

  it("takes a scrape from the future for one of now", () => {
    const now = new Date(1_000_000);
    expect(momentOfScrape(new Date(2_000_000), now, 500)).toBe(500 - CLOCKS_APART_MS);
  });
});

const NAMES = ["a", "b", "c", "d", "e", "f"];
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("use" as const), name: fc.constantFrom(...NAMES) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("scrape" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("hear" as const), which: fc.nat() }) },
);
const sizes = fc.record({ slots: fc.integer({ min: 1, max: 3 }), more: fc.nat({ max: 3 }) });

/** An engine that is only used by us, and a model of it that hears of scrapes late, out of order, or twice. */
class Engine {
  readonly truth: Residency;
  readonly model: Residency;
  readonly #scrapes: { tiers: Map<string, MeasuredTier>; at: number }[] = [];
  /** Between scrapes and uses there is always some time. */
  #now = 0;

  constructor({ slots, more }: { slots: number; more: number }) {
    this.truth = new Residency(slots, slots + more);
    this.model = new Residency(slots, slots + more);
    for (const residency of [this.truth, this.model]) residency.correct(new Map(), -1);
  }

  use(name: string): void {
    this.#now += 10;
    for (const residency of [this.truth, this.model])
      residency.end(residency.begin(name, residency.find(name), false, this.#now), false, this.#now + 1);
  }

  scrape(): void {
    this.#now += 10;
    const tiers = new Map<string, MeasuredTier>();
    for (const name of NAMES) {
      const tier = this.tierOf(this.truth, name);
      if (tier === "gpu" || tier === "cpu") tiers.set(name, tier);
    }
    this.#scrapes.push({ tiers, at: this.#now });
  }

  hear(which: number): void {
    const scrape = this.#scrapes[which % Math.max(1, this.#scrapes.length)];
    if (scrape) this.model.correct(scrape.tiers, scrape.at);
  }

  tierOf = (residency: Residency, name: string) => residency.tierOf(residency.find(name));
}

describe("what is expected of a node's tiers", () => {
  it("is not made worse by a scrape that is late, out of order or heard twice", () => {
    fc.assert(
      fc.property(sizes, fc.array(step, { maxLength: 60 }), (size, steps) => {
        const engine = new Engine(size);
        for (const one of steps) {
          if (one.do === "use") engine.use(one.name);
          else if (one.do === "scrape") engine.scrape();
          else engine.hear(one.which);
          for (const name of NAMES)
            expect(`${name} ${engine.tierOf(engine.model, name)}`).toBe(`${name} ${engine.tierOf(engine.truth, name)}`);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is exactly what a scrape says of everything that we did not use since", () => {
    const lies = fc.array(fc.constantFrom("gpu" as const, "cpu" as const, "absent" as const), {
      minLength: NAMES.length,
      maxLength: NAMES.length,
    });
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...NAMES), { maxLength: 20 }), lies, (used, tiers) => {
        const residency = new Residency(NAMES.length, NAMES.length);
        for (const [at, name] of used.entries())
          residency.end(residency.begin(name, residency.find(name), false, at), false, at);
        residency.correct(new Map(NAMES.map((name, index) => [name, tiers[index] ?? "absent"])), 100);
        for (const [index, name] of NAMES.entries()) {
          const expected = tiers[index] === "absent" ? "disk" : tiers[index];
          expect(residency.tierOf(residency.find(name))).toBe(expected);
        }
        expect(residency.loseSight()).toBe(true);
        for (const [index, name] of NAMES.entries())
          if (tiers[index] === "absent") expect(residency.tierOf(residency.find(name))).toBe("unknown");
      }),
    );
  });
});
