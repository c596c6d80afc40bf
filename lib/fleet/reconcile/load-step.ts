import { type LoadOutcome, NodeError } from "#lib/vllm/node-client.ts";
import { type LoadResult, resolveLoad } from "#lib/vllm/resolve-load.ts";
import { type PlacementRow, pathOnNode } from "../node-state.ts";
import { routable } from "../placement-condition.ts";
import { discard } from "./discard-step.ts";
import { judgeProof, type Proof } from "./judge-proof.ts";
import { isUntouched, type NodeRun, recordStep, type Step, type StepOutcome, verifyBytes } from "./node-run.ts";

/** Compares the stored bytes with their digests. */
export async function verify(run: NodeRun, placement: PlacementRow): Promise<Step> {
  const { check, stamp } = await verifyBytes(run, placement);
  run.stamps.set(placement.id, stamp);
  if (check.kind === "ok") return "next";
  // bytes that cannot be read may be readable again; bytes that are wrong or gone never become right
  const isWrong = check.kind === "wrong";
  const message = isWrong ? `The stored files are not what was registered: ${check.message}` : check.message;
  run.writes.add(() =>
    recordStep(run, placement, {
      finding: routable.not(isWrong ? "digest_mismatch" : "files_unreadable", message),
      event: { kind: "load", outcome: "failed", message },
      retry: isWrong ? "permanent" : "transient",
      ...(isWrong ? { damage: check } : {}),
    }),
  );
  return "skip";
}

/** What a node answered to a load, and how long it took. */
type LoadAnswer = { outcome: LoadOutcome; durationMs: number };

/** Tells the node to load a version. It is written down meanwhile: the node is not to wait for the catalog. */
export async function load(run: NodeRun, placement: PlacementRow): Promise<LoadAnswer> {
  const path = pathOnNode(run.node.pool, placement);
  run.writes.add(() => recordStep(run, placement, { finding: routable.not("loading", "The node is loading it.") }));
  const startedAt = run.deps.clock.now().getTime();
  const outcome = await run.client.load({ loraName: placement.loraName, path }, run.signal);
  return { outcome, durationMs: run.deps.clock.now().getTime() - startedAt };
}

/** Believes what the node lists, not what it answered, and writes that down. */
export async function settleLoad(run: NodeRun, placement: PlacementRow, answer: LoadAnswer): Promise<Step> {
  const path = pathOnNode(run.node.pool, placement);
  const listing = await run.client.models(run.signal).catch((error) => {
    if (error instanceof NodeError) return null; // the next poll finds out
    throw error;
  });
  if (listing === null) return "stop";
  const card = listing.cards.find(({ id }) => id === placement.loraName);
  const result = resolveLoad(answer.outcome, path, card && (card.root ?? null));
  if (result.state === "loaded") {
    const proof = await proofOf(run, placement, answer.outcome);
    if (proof.kind === "unproven") {
      await discard(run, placement, proof, answer.durationMs);
      return "skip";
    }
    run.writes.add(() => recordStep(run, placement, loadedOutcome(proof, answer.durationMs)));
    return "next";
  }
  run.writes.add(() => recordStep(run, placement, outcomeOf(result, answer.durationMs)));
  switch (result.state) {
    case "foreign":
      return "skip";
    case "pending":
      return "stop";
    case "failed":
      return result.error.class === "engine_dead" ? "stop" : "skip";
  }
}

async function proofOf(run: NodeRun, placement: PlacementRow, outcome: LoadOutcome): Promise<Proof> {
  const { pool } = run.node;
  const untouched = pool.delivery === "fetch" || (await isUntouched(run, placement));
  return judgeProof({ pool, digest: placement.digest, outcome, isUntouched: untouched });
}

const loadedOutcome = (proof: Extract<Proof, { kind: "proven" }>, durationMs: number): StepOutcome => ({
  finding: routable.not("probing", "Loaded; its effect is being proven."),
  registration: { state: "probing", probe: null, verifiedDigest: proof.verifiedDigest },
  event: { kind: "load", outcome: "ok", message: proof.message, durationMs },
  retry: "settled",
});

function outcomeOf(result: Exclude<LoadResult, { state: "loaded" }>, durationMs: number): StepOutcome {
  switch (result.state) {
    case "foreign": {
      const message = `The node has this name loaded from ${result.root ?? "an unknown path"}. Unload it there manually.`;
      return {
        finding: routable.not("foreign_path", message),
        event: { kind: "load", outcome: "failed", message, durationMs },
      };
    }
    case "pending": {
      const message = `No answer to the load yet; the node may still be reading. (${result.message})`;
      return {
        finding: routable.not("load_pending", message),
        event: { kind: "load", outcome: "noted", message, durationMs },
        retry: "pending",
      };
    }
    case "failed": {
      const message = `${result.error.message} ${result.error.fix}`.trim();
      return {
        finding: routable.not(result.error.code, message),
        event: { kind: "load", outcome: "failed", message, durationMs },
        retry: result.error.class,
      };
    }
  }
}
