import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newId } from "#lib/platform/ids.ts";
import { PackError } from "./bytes.ts";
import { COUNTER_CODES, GAUGE_CODES, HISTOGRAM_CODES, KNOWN_BOUNDS } from "./codes.ts";
import { packRollup, packSamples, packTick, type TickLook, unpackRollup, unpackSamples, unpackTick } from "./pack.ts";

const ROW = "tick 2026-11-25T12:00:00.000Z";
const figure = fc.oneof(
  fc.nat(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeNat(),
  fc.constant(-0),
  fc.constant(0.1 + 0.2),
);
const among = <Value>(codes: Record<string, number>, value: fc.Arbitrary<Value>) =>
  fc.dictionary(fc.constantFrom(...Object.keys(codes)), value, { noNullPrototype: true });
const histogram = fc
  .oneof(
    fc.constantFrom(...KNOWN_BOUNDS),
    fc
      .uniqueArray(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 30 })
      .map((all) => all.sort((a, b) => a - b)),
  )
  .chain((le) =>
    fc
      .array(fc.oneof(fc.constant(0), fc.nat()), { minLength: le.length + 1, maxLength: le.length + 1 })
      .map((counts) => ({ le: [...le], counts })),
  );
const gauge = fc.oneof(
  figure.map((value) => ({ last: value, max: value, total: value, samples: 1 })),
  fc.record({ last: figure, max: figure, total: figure, samples: fc.nat(400) }),
);
const rollup = fc.record({
  seconds: fc.nat(3_600_000).map((ms) => ms / 1000),
  counters: among(COUNTER_CODES, figure),
  gauges: among(GAUGE_CODES, gauge),
  histograms: among(HISTOGRAM_CODES, histogram),
});
const about = { nodeId: fc.oneof(fc.string(), fc.constant(newId("node"))), epoch: fc.nat(), simulated: fc.boolean() };
const look: fc.Arbitrary<TickLook> = fc.oneof(
  fc.record({ ...about, ok: fc.constant(true as const), addsUp: fc.boolean(), increase: rollup }),
  fc.record({ ...about, ok: fc.constant(false as const), error: fc.string({ unit: "grapheme" }) }),
);
const ticks = fc.array(look, { maxLength: 5 });

describe("packed rows", () => {
  it("give back what was packed, to the last bit", () => {
    fc.assert(
      fc.property(ticks, rollup, (looks, data) => {
        expect(unpackTick(packTick(looks), ROW)).toEqual(looks);
        expect(unpackRollup(packRollup(data), ROW)).toEqual(data);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(
        fc.record({
          startedAt: fc.option(fc.double({ noNaN: true })),
          counters: among(COUNTER_CODES, figure),
          gauges: among(GAUGE_CODES, figure),
          histograms: among(HISTOGRAM_CODES, histogram),
        }),
        (samples) => {
          expect(unpackSamples(packSamples(samples), ROW)).toEqual(samples);
        },
      ),
    );
  });

  it("give no figures once a byte of them is wrong, missing or too many, and say which row it is", () => {
    const damage = fc.record({
      at: fc.nat(),
      to: fc.integer({ min: 1, max: 255 }),
      kind: fc.constantFrom("flip", "cut", "grow"),
    });
    fc.assert(
      fc.property(ticks, damage, (looks, { at, to, kind }) => {
        const packed = packTick(looks);
        const place = at % packed.length;
        const damaged =
          kind === "cut"
            ? packed.slice(0, place)
            : kind === "grow"
              ? Uint8Array.from([...packed.slice(0, place), to, ...packed.slice(place)])
              : packed.map((byte, index) => (index === place ? byte ^ to : byte));
        try {
          unpackTick(damaged, ROW);
        } catch (error) {
          expect(error).toBeInstanceOf(PackError);
          expect((error as PackError).message).toContain(ROW);
          return;
        }
        // a byte put in where the same byte stands already can be no change at all
        expect([...damaged]).toEqual([...packed]);
      }),
      { numRuns: 2000 },
    );
  });

  it("say so when a later release wrote them", () => {
    const packed = packTick([]);
    packed[0] = 2;
    expect(() => unpackTick(packed, ROW)).toThrow(/checksum/);
  });

  it("never share a code", () => {
    for (const codes of [COUNTER_CODES, GAUGE_CODES, HISTOGRAM_CODES])
      expect(new Set(Object.values(codes)).size).toBe(Object.keys(codes).length);
  });

  it("take a node's idle tick in some dozens of bytes", () => {
    const [e2e = [], ttft = []] = [KNOWN_BOUNDS[2], KNOWN_BOUNDS[0]];
    const empty = (le: readonly number[]) => ({ le, counts: [...le, 0].map(() => 0) });
    const increase = {
      seconds: 10,
      counters: { requests: 0, promptTokens: 0, generationTokens: 0 },
      gauges: { running: { last: 0, max: 0, total: 0, samples: 1 } },
      histograms: { e2eSeconds: empty(e2e), ttftSeconds: empty(ttft) },
    };
    const packed = packTick([{ nodeId: newId("node"), epoch: 1, simulated: false, ok: true, addsUp: true, increase }]);
    expect(packed.length).toBeLessThan(60);
  });
});
