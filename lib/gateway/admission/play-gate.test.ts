import { describe, expect, it } from "vitest";
import { latestEndMs } from "#lib/evals/asking/pace/node-share.ts";
import { type Arrival, burstyTrace } from "#lib/lora-cache/bursty-trace.ts";
import { playGate } from "./testing/play-gate.ts";

const GATE_AT_MS = 20_000;
const fleetOf = (nodes: number) => ({ nodes, maxLoras: 12, maxCpuLoras: 48, maxInFlight: 256 });

/** @param replies 0.3 = replies of 12 to 120 tokens: the shorter they are, the more one prompt's prefill matters */
const traceOf = (minutes: number, perSecond: number, replies: number): Arrival[] =>
  burstyTrace({ tenants: 40, seconds: minutes * 60, perSecond, skew: 0.9, burst: 4, seed: 1 }).map((one) => ({
    ...one,
    outputTokens: Math.ceil(one.outputTokens * replies),
  }));

describe("a gate of 200 prompts beside customers, in virtual time", () => {
  it.each([
    { load: "3 requests/s on two nodes, short replies", nodes: 2, minutes: 10, perSecond: 3, replies: 0.3 },
    { load: "12 requests/s on two nodes", nodes: 2, minutes: 10, perSecond: 12, replies: 1 },
    { load: "32 requests/s on two nodes", nodes: 2, minutes: 6, perSecond: 32, replies: 1 },
    { load: "1 request/s on one node, short replies", nodes: 1, minutes: 12, perSecond: 1, replies: 0.3 },
    { load: "16 requests/s on one node", nodes: 1, minutes: 6, perSecond: 16, replies: 1 },
  ])("raises their p95 by 10 % at most: $load", ({ nodes, minutes, perSecond, replies }) => {
    const trace = traceOf(minutes, perSecond, replies);
    const [off, on] = [playGate(trace, fleetOf(nodes), null), playGate(trace, fleetOf(nodes), GATE_AT_MS)];
    expect(on.customers.p95Ms / off.customers.p95Ms).toBeLessThanOrEqual(1.1);
    // and it gets on: as many answers as it has by now were due by then, give or take a tenth for the customers' queue
    const ranMs = on.tookMs ?? minutes * 60_000 - GATE_AT_MS;
    expect(latestEndMs({ answers: on.answers, serviceMs: on.serviceMs, nodes })).toBeGreaterThanOrEqual(0.9 * ranMs);
  });
});
