import type { Deps } from "#lib/identity/ctx.ts";

/** What a killed process leaves behind: nothing that comes after its last effect. */
export class WorkerDied extends Error {}

/**
 * The outside world of a worker that dies at its `n`th effect (a read, a transaction or a request; counted from 1):
 * `before` that effect happens, or `after`, so that it happened and the worker never learned of it.
 */
export function mortalDeps(
  deps: Deps,
  n: number,
  moment: "before" | "after",
): Deps & { effects(): number; isDead(): boolean } {
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
