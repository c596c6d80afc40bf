import { NodeError } from "#lib/vllm/node-client.ts";
import type { PlacementRow } from "../node-state.ts";
import { routable } from "../placement-condition.ts";
import type { ProbeResult } from "../schema.ts";
import { probeMessage } from "./load-probe.ts";
import { type NodeRun, recordSteps, type Step, type StepOutcome } from "./node-run.ts";
import type { Asked } from "./prober.ts";

/** Adapters that have answered and wait for the base's reading after them. */
export type Unproven = { placement: PlacementRow; asked: Asked; durationMs: number };

/** Asks an adapter a real question. @returns what is still to be judged, or "stop" when the node did not answer */
export async function askAdapter(run: NodeRun, placement: PlacementRow): Promise<Unproven | "stop"> {
  // who routes must know that an adapter runs here, before it does: on such a node it changes the base model's answers
  if (run.mixesBaseRows) await run.writes.settle(0);
  const startedAt = run.deps.clock.now().getTime();
  const asked = await run.prober.ask(placement.loraName, run.signal).catch(nodeErrorOf);
  const durationMs = run.deps.clock.now().getTime() - startedAt;
  if (!(asked instanceof NodeError)) return { placement, asked, durationMs };
  run.writes.add(() => recordSteps(run, [{ placement, outcome: noAnswer(asked, durationMs) }]));
  return "stop";
}

/** Judges adapters against the base, and writes down what came of it. */
export async function judgeAdapters(run: NodeRun, unproven: readonly Unproven[]): Promise<Step> {
  if (unproven.length === 0) return "next";
  const startedAt = run.deps.clock.now().getTime();
  const results = await run.prober
    .judge(
      unproven.map(({ asked }) => asked),
      run.signal,
    )
    .catch(nodeErrorOf);
  const durationMs = run.deps.clock.now().getTime() - startedAt;
  const steps = unproven.flatMap(({ placement, durationMs: asking }, index) => {
    if (results instanceof NodeError) return [{ placement, outcome: noAnswer(results, asking + durationMs) }];
    const result = results[index];
    return result ? [{ placement, outcome: outcomeOf(result, asking + durationMs) }] : [];
  });
  run.writes.add(() => recordSteps(run, steps));
  if (results instanceof NodeError) return "stop";
  if (results.some(({ outcome }) => outcome === "effect")) run.hasProven = true;
  return "next";
}

const nodeErrorOf = (error: unknown): NodeError => {
  if (error instanceof NodeError) return error;
  throw error;
};

const noAnswer = (error: NodeError, durationMs: number): StepOutcome => ({
  finding: routable.not("probe_inconclusive", `The probe got no answer: ${error.message}`),
  registration: { state: "probing", probe: null },
  event: { kind: "probe", outcome: "failed", message: error.message, durationMs },
  retry: "transient",
});

function outcomeOf(result: ProbeResult, durationMs: number): StepOutcome {
  const message = probeMessage(result);
  switch (result.outcome) {
    case "effect":
      return {
        finding: routable.proven(message),
        registration: { state: "routable", probe: result },
        event: { kind: "probe", outcome: "ok", message, durationMs },
        retry: "settled",
      };
    case "inconclusive":
      return {
        finding: routable.not("probe_inconclusive", message),
        registration: { state: "probing", probe: result },
        event: { kind: "probe", outcome: "noted", message, durationMs },
        retry: "transient",
      };
    case "no_effect":
    case "wrong_model":
    case "not_a_number":
      return {
        finding: routable.not(`probe_${result.outcome}`, message),
        registration: { state: "failed", probe: result },
        event: { kind: "probe", outcome: "failed", message, durationMs },
        retry: "settled",
      };
  }
}
