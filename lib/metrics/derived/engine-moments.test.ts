import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { countUses, type DerivedCounts, deriveCache } from "./derive-cache.ts";
import { asEngineSaw, type SentRequest } from "./engine-moments.ts";
import type { NodeAct, NodeRequest } from "./node-timeline.ts";

let asks = 0;
const sent = (dispatchedMs: number, endedMs: number): SentRequest => ({
  id: `request-${asks++}`,
  loraName: "a",
  dispatchedMs,
  endedMs,
});
const momentsOf = (requests: readonly SentRequest[]) =>
  asEngineSaw(requests).map(({ arrivedMs, endedMs }) => [arrivedMs, endedMs]);

describe("asEngineSaw", () => {
  it("lets who is sent in with the step that ends next after it arrived", () => {
    expect(momentsOf([sent(0, 100), sent(85, 300)])).toEqual([
      [14, 100],
      [100, 300],
    ]);
  });

  it("lets who finds no step that ends soon in a while later", () => {
    expect(momentsOf([sent(0, 400), sent(100, 300)])[1]).toEqual([114, 300]);
  });

  it("takes answers that come close together for those of one step", () => {
    const ends = momentsOf([sent(0, 200), sent(0, 202), sent(0, 206)]).map(([, endedMs]) => endedMs);
    expect(ends).toEqual([200, 200, 206]);
  });

  it("leaves what is answered at once as it was", () => {
    expect(momentsOf([sent(5, 10), sent(10, 14)])).toEqual([
      [5, 10],
      [10, 14],
    ]);
  });

  const anyRequests = fc.array(
    fc.tuple(fc.nat(400), fc.nat(90)).map(([from, length]) => sent(from, from + length)),
    { maxLength: 30 },
  );

  it("never makes a request longer, so that of two that did not overlap none runs into the other", () => {
    fc.assert(
      fc.property(anyRequests, (requests) => {
        asEngineSaw(requests).forEach(({ arrivedMs, endedMs }, index) => {
          const own = requests[index];
          expect(arrivedMs).toBeGreaterThanOrEqual(own?.dispatchedMs ?? 0);
          expect(endedMs).toBeLessThanOrEqual(own?.endedMs ?? 0);
          expect(endedMs).toBeGreaterThanOrEqual(arrivedMs);
        });
      }),
    );
  });

  it("comes to the same of a request, whoever follows only what ended since shortly before it", () => {
    fc.assert(
      fc.property(anyRequests, fc.nat(400), (requests, fromMs) => {
        const part = requests.filter(({ endedMs }) => endedMs >= fromMs - 30);
        const ofPart = new Map(asEngineSaw(part).map((one) => [one.id, one]));
        for (const one of asEngineSaw(requests)) {
          if (one.endedMs < fromMs) continue;
          expect(ofPart.get(one.id)?.endedMs).toBe(one.endedMs);
          if (one.arrivedMs >= fromMs) expect(ofPart.get(one.id)?.arrivedMs).toBe(one.arrivedMs);
        }
      }),
    );
  });
});

/**
 * Six runs of `npm run test:vllm -- derived` on a CPU vLLM 0.32 with PYTHONHASHSEED=0, three of up to 4 tokens an answer and
 * three of up to 16: what was asked and done, and what the plugin counted while three clients asked at once. Requests are
 * [name, sent, took] and acts [what, name, at], in ms, names by their place in the list and -1 for the base.
 */
const runs = z
  .array(
    z.object({
      names: z.array(z.string()),
      atOnceFrom: z.number(),
      requests: z.array(z.tuple([z.number(), z.number(), z.number()])),
      acts: z.array(z.tuple([z.enum(["load", "unload"]), z.number(), z.number()])),
      measured: z.object({
        evictions: z.object({ gpu: z.number(), cpu: z.number() }),
        swaps: z.object({ gpu: z.number(), cpu: z.number(), disk: z.number() }),
      }),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL("testdata/real-engine.json", import.meta.url), "utf8")));
type Run = (typeof runs)[number];

const LIMITS = { maxLoras: 2, maxCpuLoras: 4 };
const asSent: (requests: readonly SentRequest[]) => NodeRequest[] = (requests) =>
  requests.map(({ dispatchedMs, ...request }) => ({ ...request, arrivedMs: dispatchedMs }));

function derivedOf(run: Run, moments: (requests: readonly SentRequest[]) => NodeRequest[]): DerivedCounts {
  const requests = run.requests.map(([name, dispatchedMs, tookMs], index) => ({
    id: `${index}`,
    loraName: run.names[name] ?? null,
    dispatchedMs,
    endedMs: dispatchedMs + tookMs,
  }));
  const acts: NodeAct[] = run.acts.map(([kind, name, atMs]) => ({ kind, loraName: run.names[name] ?? "", atMs }));
  const { uses } = deriveCache(moments(requests), acts, LIMITS, "empty");
  return countUses(uses.filter(({ atMs }) => atMs >= run.atOnceFrom));
}

const countsOf = ({ evictions, swaps }: DerivedCounts) => [evictions.gpu, evictions.cpu, swaps.cpu, swaps.disk];
const apart = (run: Run, moments: (requests: readonly SentRequest[]) => NodeRequest[]): number[] => {
  const measured = countsOf(run.measured);
  return countsOf(derivedOf(run, moments)).map((count, index) => Math.abs(count - (measured[index] ?? 0)));
};

describe("what a real engine counted", () => {
  it.each(runs.map((run, index) => [index, run] as const))("is derived to within three, run %i", (_index, run) => {
    expect(Math.max(...apart(run, asEngineSaw))).toBeLessThanOrEqual(3);
    expect(run.measured.evictions.gpu).toBeGreaterThan(60);
  });

  it("is missed more than twice as far by the moments of the gateway", () => {
    const total = (moments: (requests: readonly SentRequest[]) => NodeRequest[]) =>
      runs.flatMap((run) => apart(run, moments)).reduce((sum, one) => sum + one, 0);
    expect(total(asSent)).toBeGreaterThan(2 * total(asEngineSaw));
  });
});
