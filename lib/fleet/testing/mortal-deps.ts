import type { Deps } from "#lib/identity/ctx.ts";
import { testCount } from "#lib/platform/nightly.ts";

type Moment = "before" | "after";

/** What a killed process leaves behind: nothing that comes after its last effect. */
export class WorkerDied extends Error {}

/**
 * The outside world of a worker that dies at its `n`th effect (a read, a transaction or a request; counted from 1):
 * `before` that effect happens, or `after`, so that it happened and the worker never learned of it.
 */
export function mortalDeps(deps: Deps, n: number, moment: Moment): Deps & { effects(): number; isDead(): boolean } {
  let count = 0;
  let dead = false;
  const die = (): never => {
    dead = true;
    throw new WorkerDied("killed");
  };
  const effect = async <T>(run: () => Promise<T>): Promise<T> => {
    if (dead) die();
    count += 1;
    if (count !== n) return run();
    if (moment === "before") return die();
    await run();
    return die();
  };
  return {
    ...deps,
    db: {
      ...deps.db,
      read: (scope, query) => effect(() => deps.db.read(scope, query)),
      write: (scope, change) => effect(() => deps.db.write(scope, change)),
    },
    outbound: { ...deps.outbound, request: (url, options) => effect(() => deps.outbound.request(url, options)) },
    effects: () => count,
    isDead: () => dead,
  };
}

/**
 * The effects, from the `first` to the `last`, at which a test lets its worker die: all of them at night; otherwise one in
 * three, others `before` than `after` the effect.
 */
export function effectsToDieAt(moment: Moment, last: number, first = 1): number[] {
  const every = testCount(3, 1);
  const from = first + (moment === "before" ? 0 : 1 % every);
  return Array.from({ length: Math.max(0, Math.ceil((last - from + 1) / every)) }, (_, index) => from + index * every);
}
