import type { Clock } from "#lib/platform/clock.ts";
import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";

/** A run that may ask now, and the pool whose nodes answer it. */
export type Candidate = { poolId: string; runId: string; conduct(): Promise<void> };

type Parts = {
  /** Of each pool at most one that may ask, read again each time. @param busy pools that are asking already */
  next(busy: ReadonlySet<string>): Promise<Candidate[]>;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
};

/** While a pool asks, the others are checked this often. */
const CHECK_EVERY_MS = 2_000;
/** At most: a run that ends as soon as it is taken up must not make the loop spin. */
const CHECK_GAP_MS = 250;
/** A pool whose run failed for a reason of ours is taken up again after this. */
const RETRY_AFTER_MS = 30_000;

/**
 * Conducts runs of several pools side by side, one of each pool at a time, so that a busy pool never holds up another.
 * Returns once no pool asks.
 * @throws the first error of any of them, after all have ended
 */
export async function conductPools({ next, clock, log, signal }: Parts): Promise<void> {
  const busy = new Map<string, Promise<void>>();
  const failedAt = new Map<string, number>();
  const failures: unknown[] = [];
  const start = ({ poolId, runId, conduct }: Candidate) => {
    const ended = conduct()
      .catch((error: unknown) => {
        failures.push(error);
        failedAt.set(poolId, clock.now().getTime());
        if (!signal.aborted) log.error("a run could not continue", { runId, poolId, error: errorText(error) });
      })
      .finally(() => busy.delete(poolId));
    busy.set(poolId, ended);
  };
  const isResting = (poolId: string) =>
    clock.now().getTime() - (failedAt.get(poolId) ?? Number.NEGATIVE_INFINITY) < RETRY_AFTER_MS;
  const check = async () => {
    const found = await next(new Set(busy.keys()));
    for (const candidate of found) if (!busy.has(candidate.poolId) && !isResting(candidate.poolId)) start(candidate);
  };
  const pause = async () => {
    const woken = new AbortController();
    const slept = clock.sleep(CHECK_EVERY_MS - CHECK_GAP_MS, woken.signal).catch(() => {});
    await Promise.race([...busy.values(), slept]);
    woken.abort();
    if (busy.size > 0) await clock.sleep(CHECK_GAP_MS, signal).catch(() => {});
  };
  try {
    await check();
    while (busy.size > 0) {
      await pause();
      if (busy.size > 0 && !signal.aborted) await check();
    }
  } catch (error) {
    failures.push(error);
  }
  await Promise.all(busy.values());
  if (failures.length > 0) throw failures[0];
}
