import { type Ctx, type Deps, systemRead } from "#lib/identity/ctx.ts";
import type { Fence } from "#lib/platform/lease.ts";
import { getPool, type PoolRecord } from "#lib/pools/store.ts";
import { engineLimits } from "#lib/vllm/engine-limits.ts";
import { NodeError } from "#lib/vllm/node-client.ts";
import { clientFor } from "../node-access.ts";
import { addEvents, setCordoned, setDraining } from "../node-store.ts";
import { retryDelayMs } from "../reconcile/backoff.ts";
import { fencedWrite } from "../reconcile/node-run.ts";
import { askRestart } from "./ask-restart.ts";
import { closeWhenDone } from "./close-rollout.ts";
import { type EngineSight, limitsAfter, rolloutFacts } from "./rollout-facts.ts";
import { nextRolloutStep, type RolloutStep } from "./rollout-step.ts";
import {
  endRollout,
  getRollout,
  moveRolloutNode,
  type RolloutNodeRow,
  type RolloutPoolNode,
  type RolloutRow,
  rolloutNodesOf,
  saveNodeLimits,
  sealedRestartSecret,
  skipPending,
} from "./rollout-store.ts";

const IN_WORK = new Set<RolloutNodeRow["phase"]>(["draining", "restarting", "restoring"]);

export type RolloutJob = { deps: Deps; fence: Fence; rolloutId: string; random: () => number; signal: AbortSignal };
type World = {
  rollout: RolloutRow;
  pool: PoolRecord;
  nodes: RolloutPoolNode[];
  inWork: RolloutNodeRow;
  node: RolloutPoolNode | null;
};

/**
 * Takes a rollout one step further, if one is due. Everything it knows is in the catalog, so whoever has the lease goes
 * on where the last worker stopped, at whatever step that died.
 */
export async function advanceRollout(job: RolloutJob): Promise<void> {
  const { deps, fence, rolloutId, signal } = job;
  const read = await systemRead(deps, fence.name, (ctx) => readWorld(ctx, rolloutId));
  if (read === null) return;
  if (read === "all begun") return fencedWrite(deps, fence, (ctx) => closeWhenDone(ctx, rolloutId));
  const sight = await seeEngine(deps, read, signal);
  const now = deps.clock.now();
  const step = nextRolloutStep(rolloutFacts(read.rollout, read.inWork, read.nodes, sight, now), now);
  if (step.kind === "wait" && (await askWhenDue(job, read))) return;
  if (step.kind === "wait" && (step.message === "" || step.message === read.inWork.message)) return;
  await fencedWrite(deps, fence, (ctx) => carryOut(ctx, read, step, sight, now));
}

async function readWorld(ctx: Ctx, rolloutId: string): Promise<World | "all begun" | null> {
  const rollout = await getRollout(ctx.tx, rolloutId);
  const pool = rollout && (await getPool(ctx.tx, rollout.poolId));
  if (!rollout || !pool || rollout.state !== "running") return null;
  const inWork =
    rollout.nodes.find(({ phase }) => IN_WORK.has(phase)) ?? rollout.nodes.find(({ phase }) => phase === "pending");
  if (!inWork) return "all begun";
  const nodes = await rolloutNodesOf(ctx.tx, pool.id);
  return { rollout, pool, nodes, inWork, node: nodes.find(({ id }) => id === inWork.nodeId) ?? null };
}

/** Asks the new engine what it runs with; null = there is none yet, or it does not answer. */
async function seeEngine(deps: Deps, { inWork, node }: World, signal: AbortSignal): Promise<EngineSight | null> {
  const isNew = node !== null && inWork.epochBefore !== null && node.epoch > inWork.epochBefore;
  if (!isNew || !IN_WORK.has(inWork.phase)) return null;
  try {
    const client = clientFor(deps, node);
    const [text, { cards }] = await Promise.all([client.metrics(signal), client.models(signal)]);
    const base = cards.find((card) => card.parent === null || card.parent === undefined);
    return { limits: engineLimits(text), maxModelLen: base?.max_model_len ?? null };
  } catch (error) {
    if (error instanceof NodeError) return null;
    throw error;
  }
}

/** @returns true when somebody was asked to restart the node */
async function askWhenDue(job: RolloutJob, world: World): Promise<boolean> {
  const { deps, fence, rolloutId, random } = job;
  const { inWork, node, pool, rollout } = world;
  const isDue = inWork.nextAskAt === null || inWork.nextAskAt <= deps.clock.now();
  if (inWork.phase !== "restarting" || pool.restartStep === "manual" || inWork.askedAt !== null || !isDue) return false;
  if (node === null || node.epoch !== inWork.epochBefore) return false;
  const sealedSecret = await systemRead(deps, fence.name, (ctx) => sealedRestartSecret(ctx.tx, pool.id));
  const { target } = rollout;
  const refusal = await askRestart(deps, { rolloutId, pool, sealedSecret, node, target, deadline: inWork.deadline });
  const now = deps.clock.now();
  const attempts = inWork.askAttempts + 1;
  const change =
    refusal === null
      ? {
          askedAt: now,
          askAttempts: attempts,
          nextAskAt: null,
          message: "Its restart was taken on; waiting for the new engine.",
        }
      : {
          askAttempts: attempts,
          nextAskAt: new Date(now.getTime() + retryDelayMs("transient", attempts, random)),
          message: `${refusal} It is asked again.`,
        };
  await fencedWrite(deps, fence, async ({ tx }) => {
    await moveRolloutNode(tx, rolloutId, inWork, change);
  });
  return true;
}

/** Writes one step down; a node that somebody else has moved meanwhile stays as that one left it. */
async function carryOut(
  ctx: Ctx,
  world: World,
  step: RolloutStep,
  sight: EngineSight | null,
  now: Date,
): Promise<void> {
  const { rollout, inWork, node } = world;
  const move = (change: Parameters<typeof moveRolloutNode>[3]) => moveRolloutNode(ctx.tx, rollout.id, inWork, change);
  const within = (seconds: number) => new Date(now.getTime() + seconds * 1_000);
  switch (step.kind) {
    case "wait":
      await move({ message: step.message });
      return;
    case "drain":
      return beginNode(ctx, world, now);
    case "restart": {
      if (!node) return;
      const how = HOW[world.pool.restartStep];
      const message = `${step.message} ${how}`;
      const deadline = within(rollout.restartSeconds);
      await move({ phase: "restarting", message, deadline, since: now, epochBefore: node.epoch });
      return note(ctx, world, "noted", message, now);
    }
    case "restore":
      if (
        !(await move({
          phase: "restoring",
          message: step.message,
          deadline: within(rollout.restartSeconds),
          since: now,
        }))
      )
        return;
      if (node && sight) await saveNodeLimits(ctx.tx, node.id, limitsAfter(rollout.target, sight));
      return note(ctx, world, "noted", step.message, now);
    case "finish":
      if (!(await move({ phase: "done", message: step.message, deadline: null, since: now }))) return;
      if (node && sight) await saveNodeLimits(ctx.tx, node.id, limitsAfter(rollout.target, sight));
      if (node && !inWork.wasCordoned) await setCordoned(ctx.tx, node.id, false);
      await note(ctx, world, "ok", step.message, now);
      return closeWhenDone(ctx, rollout.id);
    case "skip":
      await move({ phase: "skipped", message: step.message, deadline: null, since: now });
      return closeWhenDone(ctx, rollout.id);
    case "fail":
      return failAt(ctx, world, step.message, now);
  }
}

async function beginNode(ctx: Ctx, world: World, now: Date): Promise<void> {
  const { rollout, inWork, node } = world;
  if (!node) return;
  const deadline = new Date(now.getTime() + rollout.drainSeconds * 1_000);
  const message = `Finishing what runs on it, for at most ${rollout.drainSeconds} s.`;
  const routableBefore = node.placements
    .filter(({ condition }) => condition?.status === "true")
    .map(({ versionId }) => versionId);
  const known = { wasCordoned: node.cordoned, routableBefore };
  const change = { phase: "draining", message, deadline, since: now, ...known } as const;
  if (!(await moveRolloutNode(ctx.tx, rollout.id, inWork, change))) return;
  await setDraining(ctx.tx, node.id, deadline);
  await note(ctx, world, "noted", "A rollout of the pool's limits begins here.", now);
}

/** The node stays out of service; those that were not begun stay as they are. */
async function failAt(ctx: Ctx, world: World, message: string, now: Date): Promise<void> {
  const { rollout, inWork, node } = world;
  const change = { phase: "failed", message, deadline: null, since: now } as const;
  if (!(await moveRolloutNode(ctx.tx, rollout.id, inWork, change))) return;
  const name = node?.name ?? "a node";
  await skipPending(ctx.tx, rollout.id, `Not begun: the rollout stopped at ${name}.`, now);
  await endRollout(ctx.tx, rollout.id, { state: "failed", message: `${name}: ${message}`, now });
  await note(ctx, world, "failed", message, now);
}

const HOW = {
  manual: "Now restart its engine with the command below.",
  webhook: "Its restart is being requested.",
  simulated: "Its restart is being requested.",
} as const;

async function note(ctx: Ctx, { inWork }: World, outcome: "ok" | "noted" | "failed", message: string, now: Date) {
  await addEvents(ctx.tx, inWork.nodeId, [{ kind: "rollout", outcome, message }], now);
}
