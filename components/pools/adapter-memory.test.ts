import { describe, expect, it } from "vitest";
import { cacheFit, slotMemory } from "./adapter-memory.ts";

describe("slotMemory", () => {
  it("counts every slot, whatever is loaded", () => {
    const figure = slotMemory({ slotBytes: 92_000_000, maxLoras: 12 }, "2026-11-24T10:00:00.000Z");
    expect(figure).toMatchObject({ value: 1_104_000_000, unit: "bytes", source: "derived" });
  });

  it("is unknown, not zero, for an architecture whose shapes are unknown", () => {
    expect(slotMemory({ slotBytes: null, maxLoras: 12 }, null).value).toBeNull();
  });
});

describe("cacheFit", () => {
  it("wants 1.2 places an adapter", () => {
    expect(cacheFit({ adapterCount: 40, maxLoras: 12, maxCpuLoras: 48 })).toEqual({ isEnough: true, wanted: 48 });
    expect(cacheFit({ adapterCount: 41, maxLoras: 12, maxCpuLoras: 48 })).toEqual({ isEnough: false, wanted: 50 });
  });
});
