import { describe, expect, it } from "vitest";
import { type Arrival, burstyTrace, evenTrace } from "#lib/lora-cache/bursty-trace.ts";
import { type Played, playAdmission, playLeastConnections, quantile } from "./testing/play-trace.ts";

const SHAPE = { tenants: 40, seconds: 60, perSecond: 30, skew: 0.9, burst: 4 };
const latenciesOf = ({ latencies }: Played, tenant: number | null = null): number[] =>
  latencies.filter((one) => tenant === null || one.tenant === tenant).map(({ ms }) => ms ?? Number.NaN);

describe("a bursty trace of 40 tenants over two nodes of 12 slots, in virtual time", () => {
  it.each([1, 2, 3])("swaps half as often as first-in-first-out routing, with a fifth less p95 (seed %d)", (seed) => {
    const trace = burstyTrace({ ...SHAPE, seed });
    const [ours, theirs] = [playAdmission(trace), playLeastConnections(trace)];
    const p95 = (played: Played) => quantile(latenciesOf(played), 0.95);
    expect(ours.swaps / theirs.swaps).toBeLessThanOrEqual(0.5);
    expect(p95(ours) / p95(theirs)).toBeLessThanOrEqual(0.8);
    // everybody is answered, and nobody waits long for it
    expect(latenciesOf(ours).filter(Number.isNaN)).toEqual([]);
    expect(Math.max(...ours.latencies.map(({ waitedMs }) => waitedMs))).toBeLessThan(2_000);
  });

  it.each([1, 2, 3])(
    "keeps a steady tenant's p99 within 1.5 x while another floods, at once after a busy time (seed %d)",
    (seed) => {
      const busy = burstyTrace({ ...SHAPE, seconds: 35, seed });
      const beginMs = 38_000;
      const others = burstyTrace({ ...SHAPE, tenants: 20, seconds: 25, perSecond: 8, seed });
      const steady = evenTrace({ tenant: 20, everyMs: 100, seconds: 25, seed });
      const flood = evenTrace({ tenant: 21, everyMs: 12, seconds: 25, seed });
      const p99 = (...traces: Arrival[][]) => {
        const later = traces.flat().map((one) => ({ ...one, atMs: one.atMs + beginMs }));
        const trace = [...busy, ...later].sort((a, b) => a.atMs - b.atMs);
        const played = playAdmission(trace).latencies.filter((_, at) => (trace[at]?.atMs ?? 0) >= beginMs);
        return quantile(latenciesOf({ latencies: played, swaps: 0 }, 20), 0.99);
      };
      expect(p99(others, steady, flood) / p99(others, steady)).toBeLessThanOrEqual(1.5);
    },
  );
});
