import { type Ctx, type Deps, systemRead } from "#lib/identity/ctx.ts";
import type { Fence } from "#lib/platform/lease.ts";
import { readSettings } from "#lib/pools/settings/settings-store.ts";
import { getVersion } from "#lib/registry/versions/version-store.ts";
import { EVAL_ACTOR, fencedWrite } from "./admit-run.ts";
import { type AskEnd, askAll } from "./ask-all.ts";
import { askGateway, promptText, type Respondent } from "./ask-gateway.ts";
import { askSample, defaultPatience, type Patience } from "./ask-sample.ts";
import { completeRun, readRunSite } from "./complete-run.ts";
import { failRun } from "./end-run.ts";
import type { Turns } from "./pace/turns.ts";
import { watchRun } from "./pace/watch-run.ts";
import { planSamples } from "./plan-samples.ts";
import { samplingOf, seedAt } from "./sampling.ts";
import type { SampleSide } from "./schema.ts";
import { addSamples, type RunRecord, readOutline, setSamplesTotal } from "./store.ts";
import type { NewSample, SampleKey, StoredCase } from "./stored-sample.ts";
import { readCases } from "./suites/case-store.ts";

export type Tuning = {
  /** Requests in flight at most. How many there are, the gateway's answers decide; customers' traffic comes first. */
  concurrency: number;
  requestTimeoutMs: number;
  patience: Patience;
};
export const defaultTuning: Tuning = { concurrency: 32, requestTimeoutMs: 120_000, patience: defaultPatience };

export type Conduct = {
  deps: Deps;
  fence: Fence;
  apiKey: string;
  tuning: Tuning;
  /** Of the run's pool. */
  turns: Turns;
  signal: AbortSignal;
};

/** What a run asks, and whom; read once at its start, or when it goes on after a crash. */
type Brief = {
  cases: ReadonlyMap<number, StoredCase & { prompt: string }>;
  respondents: Record<SampleSide, Respondent>;
  /** The header that names the tenant. */
  tenantHeader: string;
};

/**
 * Asks what a running run still misses, and ends it with its verdict. Killed at any moment it can be called again.
 * @throws the signal's reason when it aborts; the run then stays as it is
 */
export async function conductRun(conduct: Conduct, run: RunRecord): Promise<void> {
  const { deps, fence, tuning } = conduct;
  const brief = await systemRead(deps, EVAL_ACTOR, (ctx) => readBrief(ctx, run));
  if (typeof brief === "string") {
    await fencedWrite(deps, fence, (ctx) => failRun(ctx, run, brief));
    return;
  }
  const end = await askUntilJudged(conduct, run, brief);
  if (end.kind === "unwanted") return;
  const message =
    end.kind === "in_vain"
      ? `Stopped early: too many prompts in a row brought no answer. The last one: ${end.message}. Look at the gateway and the nodes, then start a new run.`
      : null;
  await fencedWrite(deps, fence, (ctx) => completeRun(ctx, run, { message, concurrency: tuning.concurrency }));
}

/** @returns why the run cannot go on, as a sentence, when it cannot */
async function readBrief(ctx: Ctx, run: RunRecord): Promise<Brief | string> {
  const { nodes } = await readRunSite(ctx, run);
  const standaloneNames = new Set(nodes.filter(({ standalone }) => standalone).map(({ name }) => name));
  const cases = await readCases(ctx.tx, run.suiteId);
  const respondent = async (versionId: string, nodeId: string | null): Promise<Respondent | null> => {
    const version = await getVersion(ctx.tx, versionId);
    const node = nodes.find(({ id }) => id === nodeId);
    if (!version?.loraName || (nodeId !== null && !node)) return null;
    const { tenantId, adapterSlug, loraName } = version;
    return {
      tenantId,
      adapterSlug,
      versionId,
      loraName,
      node: node ? { id: node.id, name: node.name } : null,
      standaloneNames,
    };
  };
  const candidate = await respondent(run.candidateVersionId, null);
  const baseline = await respondent(run.baselineVersionId ?? run.candidateVersionId, run.baselineNodeId);
  if (!candidate || !baseline)
    return "What the run compares is gone: a version, or the standalone node. Start a new run.";
  return {
    cases: new Map(cases.map((stored) => [stored.ordinal, { ...stored, prompt: promptText(stored) }])),
    respondents: { baseline, candidate, baseline_repeat: baseline },
    tenantHeader: (await readSettings(ctx.tx)).tenantHeader,
  };
}

/** Round after round: the first takes, then what has to be asked again, until nothing is open or somebody says stop. */
async function askUntilJudged(conduct: Conduct, run: RunRecord, brief: Brief): Promise<AskEnd> {
  for (;;) {
    const keys = await planRound(conduct, run, brief);
    if (keys.length === 0) return { kind: "all_asked" };
    const end = await askRound(conduct, run, { ...brief, keys });
    if (end.kind !== "all_asked") return end;
  }
}

/** What a run asks next, and how much that makes in all. */
async function planRound({ deps, fence }: Conduct, run: RunRecord, { cases }: Brief): Promise<SampleKey[]> {
  const done = await systemRead(deps, EVAL_ACTOR, (ctx) => readOutline(ctx.tx, run.id));
  const keys = planSamples([...cases.keys()], done);
  const total = done.length + keys.length;
  if (keys.length > 0 && total > run.samplesTotal)
    await fencedWrite(deps, fence, ({ tx }) => setSamplesTotal(tx, run.id, total));
  return keys;
}

type Round = Brief & { keys: readonly SampleKey[] };

function askRound(
  { deps, fence, apiKey, tuning, turns, signal }: Conduct,
  run: RunRecord,
  brief: Round,
): Promise<AskEnd> {
  const { clock } = deps;
  const sampling = samplingOf(run.suite.hash);
  const line = {
    outbound: deps.outbound,
    url: deps.gatewayUrl,
    apiKey,
    tenantHeader: brief.tenantHeader,
    timeoutMs: tuning.requestTimeoutMs,
  };
  return askAll({
    keys: brief.keys,
    turns,
    adapterOf: ({ side }) => adapterOf(brief.respondents[side]),
    clock,
    signal,
    async ask(key, { inTurn, signal: stopping }): Promise<NewSample> {
      const stored = brief.cases.get(key.ordinal);
      if (!stored) throw new Error(`the suite has no prompt ${key.ordinal}`);
      const { caseId, prompt } = stored;
      const seed = seedAt(sampling[key.mode], key);
      const question = { prompt, sampling: sampling[key.mode], seed };
      const ask = () => askGateway(line, brief.respondents[key.side], question, stopping);
      const asked = await askSample(ask, stored, { inTurn, clock, signal: stopping, patience: tuning.patience });
      return { ...key, caseId, seed, ...asked };
    },
    save: (samples) => keep({ deps, fence }, run, samples),
    wish: watchRun({ deps, fence, turns }, run.id),
  });
}

/** A version alone on the standalone node is another adapter for whoever keeps one hot. */
const adapterOf = ({ versionId, node }: Respondent): string => `${versionId}/${node?.id ?? "serving"}`;

/** Leaves the transaction of answers that came after the run had ended, so that none of them is kept. */
class NotWanted extends Error {}

const keep = (
  { deps, fence }: Pick<Conduct, "deps" | "fence">,
  run: RunRecord,
  samples: readonly NewSample[],
): Promise<boolean> =>
  fencedWrite(deps, fence, async ({ tx }) => {
    if (!(await addSamples(tx, run, samples))) throw new NotWanted();
    return true;
  }).catch((error) => {
    if (error instanceof NotWanted) return false;
    throw error;
  });
