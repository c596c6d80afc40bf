import type { Deps } from "#lib/identity/ctx.ts";

/**
 * The outside world of a worker whose first request to `path` stops there: the node has carried it out, and the worker
 * does not know yet.
 */
export function gatedDeps(deps: Deps, path: string): { deps: Deps; reached: Promise<void>; open: () => void } {
  let reach = () => {};
  let open = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let isFirst = true;
  const request: Deps["outbound"]["request"] = async (url, options) => {
    const reply = await deps.outbound.request(url, options);
    if (!isFirst || !new URL(url).pathname.startsWith(path)) return reply;
    isFirst = false;
    reach();
    await opened;
    return reply;
  };
  return { deps: { ...deps, outbound: { ...deps.outbound, request } }, reached, open };
}
