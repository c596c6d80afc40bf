import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cpuPlacesFor } from "./cpu-places.ts";

describe("places of a CPU cache", () => {
  it("are 1.2 an adapter, rounded up", () => {
    expect(cpuPlacesFor(40, 12)).toBe(48);
    expect(cpuPlacesFor(41, 12)).toBe(50);
  });

  it("are never fewer than the GPU slots, which vLLM refuses", () => {
    expect(cpuPlacesFor(0, 12)).toBe(12);
    fc.assert(
      fc.property(fc.nat(5000), fc.integer({ min: 1, max: 512 }), (adapters, slots) => {
        const places = cpuPlacesFor(adapters, slots);
        expect(places).toBeGreaterThanOrEqual(slots);
        expect(places * 10).toBeGreaterThanOrEqual(adapters * 12);
      }),
    );
  });
});
