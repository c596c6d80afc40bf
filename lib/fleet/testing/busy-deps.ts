import type { Deps } from "#lib/identity/ctx.ts";

/** The outside world with a count of what is asked of it right now, so that a test can wait until a worker is at rest. */
export function busyDeps(deps: Deps): { deps: Deps; asked: () => number; isAtRest: () => boolean } {
  let asked = 0;
  let running = 0;
  const count = async <T>(run: () => Promise<T>): Promise<T> => {
    asked += 1;
    running += 1;
    try {
      return await run();
    } finally {
      running -= 1;
    }
  };
  return {
    deps: {
      ...deps,
      db: {
        ...deps.db,
        read: (scope, query) => count(() => deps.db.read(scope, query)),
        write: (scope, change) => count(() => deps.db.write(scope, change)),
      },
      outbound: { ...deps.outbound, request: (url, options) => count(() => deps.outbound.request(url, options)) },
    },
    asked: () => asked,
    isAtRest: () => running === 0,
  };
}
