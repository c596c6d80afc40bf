import type { Arrival } from "#lib/lora-cache/bursty-trace.ts";

/** What came of one request of a trace. */
export type Outcome = { tenant: number; ms: number; status: number };

/** Sends requests at their times, whatever became of those before, and waits for all answers. */
export async function playOverHttp(
  trace: readonly Arrival[],
  send: (arrival: Arrival) => Promise<number>,
): Promise<Outcome[]> {
  const startedAt = performance.now();
  return Promise.all(
    trace.map(async (arrival) => {
      await sleepUntil(startedAt + arrival.atMs);
      const status = await send(arrival);
      return { tenant: arrival.tenant, ms: performance.now() - startedAt - arrival.atMs, status };
    }),
  );
}

const sleepUntil = (at: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, at - performance.now())));

/** Latencies of the answered requests of one tenant, or of all. */
export const latenciesOf = (outcomes: readonly Outcome[], tenant: number | null = null): number[] =>
  outcomes.filter((one) => one.status === 200 && (tenant === null || one.tenant === tenant)).map(({ ms }) => ms);
