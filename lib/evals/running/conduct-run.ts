import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import type { Fence } from "#lib/platform/lease.ts";
import { type AskEnd, askAll } from "../asking/ask-all.ts";
import { askGateway, type GatewayAnswer, type Question } from "../asking/ask-gateway.ts";
import { askOrigin } from "../asking/ask-origin.ts";
import { askSample, defaultTimeouts, type Timeouts } from "../asking/ask-sample.ts";
import type { Turns } from "../asking/pace/turns.ts";
import { samplingOf, seedAt } from "../conditions/sampling.ts";
import { type RunRecord, readOutline, setSamplesTotal } from "../store.ts";
import type { SampleKey } from "../stored-sample.ts";
import { planSamples } from "../verdict/plan-samples.ts";
import { EVAL_ACTOR, fencedWrite } from "./admit-run.ts";
import { saveAnswers } from "./answer-store.ts";
import { completeRun } from "./complete-run.ts";
import { failRun } from "./end-run.ts";
import type { PoolPace } from "./may-ask.ts";
import { type EvalTarget, type RunInputs, readRunInputs } from "./read-run-inputs.ts";
import { watchRun } from "./watch-run.ts";

export type Tuning = {
  /** Requests in flight at most. How many there are, the gateway's answers decide; customers' traffic comes first. */
  concurrency: number;
  requestTimeoutMs: number;
  timeouts: Timeouts;
};
export const defaultTuning: Tuning = { concurrency: 32, requestTimeoutMs: 120_000, timeouts: defaultTimeouts };

export type Conduct = {
  deps: Deps;
  fence: Fence;
  apiKey(): string;
  tuning: Tuning;
  /** Of the run's pool. */
  pace: PoolPace;
  /** Of a server that is not ours: it has room of its own. */
  turnsOfOrigin(endpointId: string): Turns;
  signal: AbortSignal;
};

/**
 * Asks what a running run still misses, and ends it with its verdict. Killed at any moment it can be called again.
 * @throws the signal's reason when it aborts; the run then stays as it is
 */
export async function conductRun(conduct: Conduct, run: RunRecord): Promise<void> {
  const { deps, fence, tuning } = conduct;
  const inputs = await systemRead(deps, EVAL_ACTOR, (ctx) => readRunInputs(ctx, run));
  if (typeof inputs === "string") {
    await fencedWrite(deps, fence, (ctx) => failRun(ctx, run, inputs));
    return;
  }
  const end = await askUntilJudged(conduct, run, inputs);
  if (end.kind === "unwanted") return;
  const message =
    end.kind === "in_vain"
      ? `Stopped early: too many prompts in a row brought no answer. The last one: ${end.message.replace(/\.$/, "")}. Look at ${end.where}, then start a new run.`
      : null;
  await fencedWrite(deps, fence, (ctx) => completeRun(ctx, run, { message, concurrency: tuning.concurrency }));
}

/** Round after round: the first takes, then what has to be asked again, until nothing is open or somebody says stop. */
async function askUntilJudged(conduct: Conduct, run: RunRecord, inputs: RunInputs): Promise<RoundEnd> {
  for (;;) {
    const keys = await planRound(conduct, run, inputs);
    if (keys.length === 0) return { kind: "all_asked" };
    const end = await askRound(conduct, run, { ...inputs, keys });
    if (end.kind !== "all_asked") return end;
  }
}

/** What a run asks next, and how much that makes in all. */
async function planRound({ deps, fence }: Conduct, run: RunRecord, { cases }: RunInputs): Promise<SampleKey[]> {
  const done = await systemRead(deps, EVAL_ACTOR, (ctx) => readOutline(ctx.tx, run.id));
  const keys = planSamples([...cases.keys()], done);
  const total = done.length + keys.length;
  if (keys.length > 0 && total > run.samplesTotal)
    await fencedWrite(deps, fence, ({ tx }) => setSamplesTotal(tx, run.id, total));
  return keys;
}

type Round = RunInputs & { keys: readonly SampleKey[] };
/** `where`: what to look at when nothing was answered. */
type RoundEnd = Exclude<AskEnd, { kind: "in_vain" }> | (Extract<AskEnd, { kind: "in_vain" }> & { where: string });

/** A server of others has turns of its own, so that neither waits for the other's room. */
async function askRound(conduct: Conduct, run: RunRecord, round: Round): Promise<RoundEnd> {
  for (const { target, keys } of batchesOf(round)) {
    const end = await askBatch(conduct, run, { ...round, keys, target });
    const where =
      target.on === "origin" ? `${target.line.name} and its key in Settings, Endpoints` : "the gateway and the nodes";
    if (end.kind === "in_vain") return { ...end, where };
    if (end.kind !== "all_asked") return end;
  }
  return { kind: "all_asked" };
}

/** Keys in their order, cut where the server changes. */
function batchesOf({ keys, targets }: Round): { target: EvalTarget; keys: SampleKey[] }[] {
  const batches: { target: EvalTarget; keys: SampleKey[] }[] = [];
  for (const key of keys) {
    const target = targets[key.side];
    const last = batches.at(-1);
    if (last?.target.on === target.on) last.keys.push(key);
    else batches.push({ target, keys: [key] });
  }
  return batches;
}

function askBatch(conduct: Conduct, run: RunRecord, batch: Round & { target: EvalTarget }): Promise<AskEnd> {
  const { deps, fence, tuning, signal } = conduct;
  const { clock } = deps;
  const sampling = samplingOf(run.suite.hash);
  const { target } = batch;
  const isOurs = target.on === "gateway";
  const pace = isOurs ? conduct.pace : { ...conduct.pace, turns: conduct.turnsOfOrigin(target.endpointId) };
  return askAll({
    keys: batch.keys,
    turns: pace.turns,
    adapterOf: ({ side }) => adapterOf(batch.targets[side]),
    clock,
    signal,
    async ask(key, { inTurn, signal: stopping }) {
      const evalCase = batch.cases.get(key.ordinal);
      if (!evalCase) throw new Error(`the suite has no prompt ${key.ordinal}`);
      const seed = seedAt(sampling[key.mode], key);
      const question = { prompt: evalCase.prompt, sampling: sampling[key.mode], seed };
      const ask = () => askTarget(conduct, batch, batch.targets[key.side], question, stopping);
      const options = { inTurn, clock, signal: stopping, timeouts: tuning.timeouts };
      return askSample(ask, { key, seed, evalCase }, options);
    },
    save: (samples) => saveAnswers(deps.db, fence, run.id, samples),
    directive: watchRun({ deps, fence, pace, isOurs }, run.id),
  });
}

function askTarget(
  { deps, apiKey, tuning }: Conduct,
  { tenantHeader }: RunInputs,
  target: EvalTarget,
  question: Question,
  signal: AbortSignal,
): Promise<GatewayAnswer> {
  const { outbound, gatewayUrl: url } = deps;
  const timeoutMs = tuning.requestTimeoutMs;
  switch (target.on) {
    case "gateway":
      return askGateway(
        { outbound, url, apiKey: apiKey(), tenantHeader, timeoutMs },
        target.respondent,
        question,
        signal,
      );
    case "origin":
      return askOrigin({ outbound, timeoutMs, ...target.line }, question, signal);
  }
}

/** A version alone on the standalone node is another adapter for whoever keeps one hot. */
const adapterOf = (target: EvalTarget): string =>
  target.on === "origin"
    ? target.endpointId
    : `${target.respondent.versionId ?? "base"}/${target.respondent.node?.id ?? "serving"}`;
