import type { PlacementRow } from "../node-state.ts";
import { discard, LISTED_WITHOUT_PROOF } from "./discard-step.ts";
import { load, settleLoad, verify } from "./load-step.ts";
import { type NodeRun, type Step, verifyAhead } from "./node-run.ts";
import type { NodeAction, PlacementAction } from "./plan-node.ts";
import { askAdapter, judgeAdapters, type Unproven } from "./probe-step.ts";
import { forget, removeUnmanaged, unload } from "./unload-step.ts";

/** Adapters that share the base's readings around them; each waits that much longer for its verdict. */
const JUDGED_AT_ONCE = 4;
/** The catalog may be this many writes behind the node. */
const WRITES_BEHIND = 8;

/**
 * Carries out a plan, one step at a time, until it is done or `until` has passed: then it is time for another poll.
 * A placement that was begun is finished.
 *
 * A restart should cost little more than the loads themselves, so everything that is not the engine's work is done
 * meanwhile: the next version's bytes are read, what came of each step is written down, and adapters are judged in small
 * groups against one reading of the base. The first one is judged at once, so that the node serves as soon as it can.
 * The engine itself is only ever asked for one thing at a time: releases below 0.25 mix up adapters while one is being
 * loaded (vLLM #47724), and CPU engines mix up rows of one batch (#48421).
 */
export async function carryOut(run: NodeRun, actions: readonly NodeAction[], until: Date): Promise<void> {
  const jobs = jobsOf(run, actions);
  try {
    await carryOutJobs(run, jobs, until);
  } finally {
    await run.writes.settle(0);
  }
}

async function carryOutJobs(run: NodeRun, jobs: readonly Job[], until: Date): Promise<void> {
  let unproven: Unproven[] = [];
  for (const [index, job] of jobs.entries()) {
    if (run.signal.aborted) return;
    if (index > 0 && run.deps.clock.now() >= until) break;
    const step = await work(run, job, jobs[index + 1]);
    if (step === "stop") return; // what was asked and not judged is asked again after the next poll
    if (typeof step === "object") unproven.push(step);
    if (unproven.length >= (run.hasProven ? JUDGED_AT_ONCE : 1)) {
      if ((await judgeAdapters(run, unproven)) === "stop") return;
      unproven = [];
    }
    await run.writes.settle(WRITES_BEHIND);
  }
  await judgeAdapters(run, unproven);
}

type PlacementJob = { placement: PlacementRow; kinds: PlacementAction["kind"][] };
type Job = PlacementJob | { unmanaged: string };

/** The plan by placement: one placement's actions stand side by side in it. */
function jobsOf(run: NodeRun, actions: readonly NodeAction[]): Job[] {
  const placements = new Map(run.node.placements.map((placement) => [placement.id, placement]));
  const jobs: Job[] = [];
  for (const action of actions) {
    if (action.kind === "remove") {
      jobs.push({ unmanaged: action.loraName });
      continue;
    }
    const last = jobs.at(-1);
    const placement = placements.get(action.placementId);
    if (last && "placement" in last && last.placement.id === action.placementId) last.kinds.push(action.kind);
    else if (placement) jobs.push({ placement, kinds: [action.kind] });
  }
  return jobs;
}

/** @returns "stop" when the node has to be polled before anything else is done, or an adapter that is to be judged */
async function work(run: NodeRun, job: Job, next: Job | undefined): Promise<Step | Unproven> {
  if ("unmanaged" in job) return removeUnmanaged(run, job.unmanaged);
  for (const kind of job.kinds) {
    const step = await workOne(run, kind, job.placement, next);
    if (step !== "next") return step;
  }
  return "next";
}

async function workOne(
  run: NodeRun,
  kind: PlacementAction["kind"],
  placement: PlacementRow,
  next: Job | undefined,
): Promise<Step | Unproven> {
  switch (kind) {
    case "verify":
      return verify(run, placement);
    case "load":
      if (next && "placement" in next && next.kinds.includes("verify")) verifyAhead(run, next.placement);
      return settleLoad(run, placement, await load(run, placement));
    case "probe":
      return askAdapter(run, placement);
    case "unload":
      return unload(run, placement);
    case "discard":
      return (await discard(run, placement, LISTED_WITHOUT_PROOF)) ? "next" : "skip";
    case "forget":
      return forget(run, placement);
  }
}
