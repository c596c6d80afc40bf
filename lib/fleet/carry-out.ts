import { systemRead } from "#lib/identity/ctx.ts";
import { releaseVersion } from "#lib/registry/retain-version.ts";
import { NodeError } from "#lib/vllm/node-client.ts";
import { resolveLoad } from "#lib/vllm/resolve-load.ts";
import { RETENTION_HOLDER } from "./hold-placement.ts";
import { probeMessage } from "./load-probe.ts";
import { fencedWrite, type NodeRun, recordStep, verifyAhead, verifyBytes } from "./node-run.ts";
import { type PlacementRow, pathOnNode } from "./node-state.ts";
import { addEvents } from "./node-store.ts";
import { routable } from "./placement-condition.ts";
import type { NodeAction } from "./plan-node.ts";
import { dropRegistration, forgetPlacement, isStillUnwanted } from "./reconcile-store.ts";
import { countPlacements, lockPlacements } from "./store.ts";

/** "next": go on with this placement. "skip": nothing more for it now. "stop": look at the node again first. */
type Step = "next" | "skip" | "stop";

/**
 * Carries out a plan, one step at a time, until it is done or `until` has passed: then it is time for another look.
 * A placement that was begun is finished. Where the engine's release allows it, an adapter is proven while the next one
 * is being read, so that a restart costs little more than the loads themselves.
 */
export async function carryOut(run: NodeRun, actions: readonly NodeAction[], until: Date): Promise<void> {
  const proving: Proving = { last: Promise.resolve("next") };
  try {
    await carryOutSteps(run, actions, until, proving);
  } finally {
    await proving.last;
  }
}

/** The probe in progress; there is never more than one. */
type Proving = { last: Promise<Step> };

async function carryOutSteps(
  run: NodeRun,
  actions: readonly NodeAction[],
  until: Date,
  proving: Proving,
): Promise<void> {
  const placements = new Map(run.node.placements.map((placement) => [placement.id, placement]));
  let current: string | null = null;
  let isSkipping = false;
  for (const [index, action] of actions.entries()) {
    const placement = placements.get(action.placementId);
    if (run.signal.aborted || !placement) return;
    if (action.placementId !== current) {
      if (current !== null && run.deps.clock.now() >= until) return;
      current = action.placementId;
      isSkipping = false;
    }
    if (isSkipping) continue;
    if (action.kind === "load") {
      const upcoming = actions.slice(index).find((later) => later.kind === "verify");
      const next = upcoming && placements.get(upcoming.placementId);
      if (next) verifyAhead(run, next);
    }
    if (action.kind === "probe") {
      if ((await proving.last) === "stop") return;
      proving.last = probe(run, placement);
      proving.last.catch(() => {}); // awaited later; this only keeps it from counting as unhandled until then
      if (!run.provesWhileLoading && (await proving.last) === "stop") return;
      continue;
    }
    const step = await carryOutOne(run, action.kind, placement);
    if (step === "stop") return;
    isSkipping = step === "skip";
  }
}

function carryOutOne(run: NodeRun, kind: Exclude<NodeAction["kind"], "probe">, placement: PlacementRow): Promise<Step> {
  switch (kind) {
    case "verify":
      return verify(run, placement);
    case "load":
      return load(run, placement);
    case "unload":
      return unload(run, placement);
    case "forget":
      return forget(run, placement);
  }
}

async function verify(run: NodeRun, placement: PlacementRow): Promise<Step> {
  const check = await verifyBytes(run, placement);
  if (check.kind === "ok") return "next";
  // bytes that cannot be read may be readable again; bytes that are wrong never become right
  const isUnreadable = check.kind === "unreadable";
  const message = `The stored files are not what was registered: ${check.message}`;
  await recordStep(run, placement, {
    finding: routable.not(
      isUnreadable ? "files_unreadable" : "digest_mismatch",
      isUnreadable ? check.message : message,
    ),
    event: { kind: "load", outcome: "failed", message: isUnreadable ? check.message : message },
    retry: isUnreadable ? "transient" : "permanent",
    ...(isUnreadable ? {} : { quarantineReason: message }),
  });
  return "skip";
}

async function load(run: NodeRun, placement: PlacementRow): Promise<Step> {
  const { client, signal, deps } = run;
  const path = pathOnNode(run.node.pool, placement);
  await recordStep(run, placement, { finding: routable.not("loading", "The node is loading it.") });
  const startedAt = deps.clock.now().getTime();
  const outcome = await client.load({ loraName: placement.loraName, path }, signal);
  const durationMs = deps.clock.now().getTime() - startedAt;
  const listing = await client.models(signal).catch((error) => {
    if (error instanceof NodeError) return null; // the next look finds out
    throw error;
  });
  if (listing === null) return "stop";
  const card = listing.cards.find(({ id }) => id === placement.loraName);
  const result = resolveLoad(outcome, path, card && (card.root ?? null));
  switch (result.state) {
    case "loaded":
      await recordStep(run, placement, {
        finding: routable.not("probing", "Loaded; its effect is being proven."),
        registration: { state: "probing", probe: null },
        event: { kind: "load", outcome: "ok", message: "Loaded, and listed with our path.", durationMs },
        retry: "settled",
      });
      return "next";
    case "foreign": {
      const message = `The node has this name loaded from ${result.root ?? "an unknown path"}. Unload it there by hand.`;
      await recordStep(run, placement, {
        finding: routable.not("foreign_path", message),
        event: { kind: "load", outcome: "failed", message, durationMs },
      });
      return "skip";
    }
    case "pending": {
      const message = `No answer to the load yet; the node may still be reading. (${result.message})`;
      await recordStep(run, placement, {
        finding: routable.not("load_pending", message),
        event: { kind: "load", outcome: "noted", message, durationMs },
        retry: "pending",
      });
      return "stop";
    }
    case "failed": {
      const message = `${result.error.message} ${result.error.fix}`.trim();
      await recordStep(run, placement, {
        finding: routable.not(result.error.code, message),
        event: { kind: "load", outcome: "failed", message, durationMs },
        retry: result.error.class,
      });
      return result.error.class === "engine_dead" ? "stop" : "skip";
    }
  }
}

async function probe(run: NodeRun, placement: PlacementRow): Promise<Step> {
  const startedAt = run.deps.clock.now().getTime();
  const result = await run.prober.probe(placement.loraName, run.signal).catch((error) => {
    if (error instanceof NodeError) return error;
    throw error;
  });
  const durationMs = run.deps.clock.now().getTime() - startedAt;
  if (result instanceof NodeError) {
    await recordStep(run, placement, {
      finding: routable.not("probe_inconclusive", `The probe got no answer: ${result.message}`),
      registration: { state: "probing", probe: null },
      event: { kind: "probe", outcome: "failed", message: result.message, durationMs },
      retry: "transient",
    });
    return "stop";
  }
  const message = probeMessage(result);
  switch (result.outcome) {
    case "effect":
      await recordStep(run, placement, {
        finding: routable.proven(message),
        registration: { state: "routable", probe: result },
        event: { kind: "probe", outcome: "ok", message, durationMs },
        retry: "settled",
      });
      return "next";
    case "inconclusive":
      await recordStep(run, placement, {
        finding: routable.not("probe_inconclusive", message),
        registration: { state: "probing", probe: result },
        event: { kind: "probe", outcome: "noted", message, durationMs },
        retry: "transient",
      });
      return "skip";
    case "no_effect":
    case "wrong_model":
    case "not_a_number":
      await recordStep(run, placement, {
        finding: routable.not(`probe_${result.outcome}`, message),
        registration: { state: "failed", probe: result },
        event: { kind: "probe", outcome: "failed", message, durationMs },
        retry: "settled",
      });
      return "skip";
  }
}

async function unload(run: NodeRun, placement: PlacementRow): Promise<Step> {
  const { deps, fence, node } = run;
  if (!(await systemRead(deps, "reconcile", (ctx) => isStillUnwanted(ctx.tx, placement.id)))) return "skip";
  const outcome = await run.client.unload(placement.loraName, run.signal);
  if (outcome.kind === "unknown") {
    await recordStep(run, placement, {
      finding: routable.not("unloading", `The node did not confirm the unload: ${outcome.message}`),
      event: { kind: "unload", outcome: "failed", message: outcome.message },
      retry: "transient",
    });
    return "skip";
  }
  const message = outcome.kind === "unloaded" ? "Unloaded: nobody needs it here." : "It was not loaded any more.";
  await fencedWrite(deps, fence, async ({ tx }) => {
    await dropRegistration(tx, node.id, placement.loraName);
    await addEvents(tx, node.id, [{ kind: "unload", outcome: "ok", message, placement }], deps.clock.now());
  });
  return "next";
}

async function forget(run: NodeRun, placement: PlacementRow): Promise<Step> {
  const { versionId } = placement;
  await fencedWrite(run.deps, run.fence, async (ctx) => {
    await lockPlacements(ctx.tx, versionId);
    if (!(await forgetPlacement(ctx.tx, placement.id))) return;
    if ((await countPlacements(ctx.tx, versionId)) === 0)
      await releaseVersion(ctx, { versionId, holder: RETENTION_HOLDER });
  });
  return "next";
}
