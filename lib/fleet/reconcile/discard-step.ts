import type { LoadErrorClass } from "#lib/vllm/errors.ts";
import type { PlacementRow } from "../node-state.ts";
import { routable, UNPROVEN } from "../placement-condition.ts";
import type { Unproven } from "./judge-proof.ts";
import { type NodeRun, recordStep } from "./node-run.ts";

/** Listed with our path, and nobody knows which bytes it was loaded from: a worker died, or a reply was lost. */
export const LISTED_WITHOUT_PROOF: Unproven = {
  code: UNPROVEN,
  message: "The node listed it without a proof of the bytes it loaded. It was unloaded, and is loaded again.",
  retry: "settled",
};

/**
 * Unloads what was loaded without a proof of its bytes, so that nobody can use it. Where the node does not confirm the
 * unload it stays listed, is never probed, and is unloaded again later.
 * @returns whether it is gone
 */
export async function discard(
  run: NodeRun,
  placement: PlacementRow,
  why: Unproven,
  durationMs?: number,
): Promise<boolean> {
  const outcome = await run.client.unload(placement.loraName, run.signal);
  const isGone = outcome.kind !== "unknown";
  const message = isGone ? why.message : `${why.message} The node did not confirm the unload: ${outcome.message}`;
  const retry: LoadErrorClass | "settled" = isGone ? why.retry : "transient";
  run.writes.add(() =>
    recordStep(run, placement, {
      finding: routable.not(why.code, message),
      ...(isGone ? { registration: null } : {}),
      event: { kind: "load", outcome: "failed", message, ...(durationMs === undefined ? {} : { durationMs }) },
      retry,
    }),
  );
  return isGone;
}
