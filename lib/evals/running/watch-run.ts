import { freezeInForce } from "#lib/fleet/controls/require-not-frozen.ts";
import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import { errorText } from "#lib/platform/errors.ts";
import type { Fence } from "#lib/platform/lease.ts";
import type { Directive } from "../asking/ask-all.ts";
import { getRun } from "../store.ts";
import { EVAL_ACTOR } from "./admit-run.ts";
import { mayAsk, type PoolPace } from "./may-ask.ts";

/** How customers fare is looked up this often, whether the run is still wanted at every call. */
const PRESSURE_EVERY_MS = 5_000;

/**
 * What is wanted of a run that asks: nothing once it is cancelled or frozen; no more for now while it is paused or yields
 * to customers. While the catalog is away nobody has said stop; the next save tells.
 */
export function watchRun(
  parts: {
    deps: Deps;
    fence: Fence;
    pace: PoolPace;
    /** The pool's nodes answer; what a server of others is asked takes nothing from the pool's customers. */
    isOurs: boolean;
  },
  runId: string,
): () => Promise<Directive> {
  const { deps, pace } = parts;
  let readAt = Number.NEGATIVE_INFINITY;
  let most: number | null = pace.turns.most();
  const check = async (): Promise<Directive> => {
    const { run, isFrozen } = await systemRead(deps, EVAL_ACTOR, async (ctx) => ({
      run: await getRun(ctx.tx, runId),
      isFrozen: (await freezeInForce(ctx)) !== null,
    }));
    if (run?.state !== "running" || isFrozen) return { kind: "stop" };
    if (run.pausedAt !== null) return { kind: "ask_no_more" };
    if (!parts.isOurs) return { kind: "go_on", most: null };
    const now = deps.clock.now().getTime();
    if (now - readAt < PRESSURE_EVERY_MS) return { kind: "go_on", most };
    readAt = now;
    const decision = await mayAsk(parts, run);
    if (decision.kind === "yield") return { kind: "ask_no_more" };
    most = decision.most;
    return { kind: "go_on", most };
  };
  return () =>
    check().catch((error) => {
      deps.log.warn("what is wanted of a run was not read", { runId, error: errorText(error) });
      return { kind: "go_on", most };
    });
}
