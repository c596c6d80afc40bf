import { describe, expect, it } from "vitest";
import { cacheFit } from "./cache-fit.ts";

describe("cacheFit", () => {
  it("wants 1.2 places an adapter", () => {
    expect(cacheFit({ adapterCount: 40, maxLoras: 12, maxCpuLoras: 48 })).toEqual({ isEnough: true, wanted: 48 });
    expect(cacheFit({ adapterCount: 41, maxLoras: 12, maxCpuLoras: 48 })).toEqual({ isEnough: false, wanted: 50 });
  });
});
