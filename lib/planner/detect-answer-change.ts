import type { FindingEvidence } from "#lib/alerting/browser/finding-schema.ts";
import type { SeenFinding } from "#lib/alerting/findings/record-finding.ts";
import { type DecodingMode, decodingModes, type Outcome } from "#lib/evals/schema.ts";
import type { Judgement } from "./judgement.ts";
import type { JudgedMode, JudgedRun, JudgedVersion, PoolFacts } from "./pool-facts.ts";
import { listed } from "./words.ts";

const RANK: Record<Outcome, number> = { fail: 0, inconclusive: 1, pass: 2 };
const NOW: Record<Outcome, string> = { fail: "fails", inconclusive: "is inconclusive", pass: "passes" };
const THEN: Record<Outcome, string> = { fail: "failed", inconclusive: "was inconclusive", pass: "passed" };

type Drop = { mode: DecodingMode; before: JudgedRun; after: JudgedRun };

/**
 * Answer change: the newest verdict on a version is below one that is stored of the same bytes and the same prompts, greedy
 * and sampled apart. What answers too little to tell is no change.
 */
export function detectAnswerChange({ judged }: PoolFacts): Judgement {
  return {
    seen: judged.flatMap((version) => {
      const drops = decodingModes.flatMap((mode) => dropOf(version, mode) ?? []);
      return drops.length === 0 ? [] : finding(version, drops);
    }),
    blind: [],
  };
}

/** @returns null when the newest verdict is no worse than every one before it */
function dropOf({ runs }: JudgedVersion, mode: DecodingMode): Drop | null {
  const [after, ...earlier] = runs;
  if (after === undefined || !isAnswered(after.modes[mode])) return null;
  const comparable = earlier.filter(({ suiteId, modes }) => suiteId === after.suiteId && isAnswered(modes[mode]));
  const before = comparable.find(({ modes }) => RANK[modes[mode].outcome] > RANK[after.modes[mode].outcome]);
  return before === undefined ? null : { mode, before, after };
}

const isAnswered = ({ n, missing, invalid }: JudgedMode): boolean => n > 0 && missing === 0 && invalid === 0;

function finding({ versionId, tenantId, adapterId, name, isLive }: JudgedVersion, drops: readonly Drop[]): SeenFinding {
  const texts = drops.map(
    ({ mode, before, after }) =>
      `${mode} ${NOW[after.modes[mode].outcome]} where it ${THEN[before.modes[mode].outcome]}`,
  );
  const [first] = drops;
  const differing = first === undefined ? [] : differences(first);
  return {
    pitfall: "answer_change",
    severity: isLive && drops.some(({ mode, after }) => after.modes[mode].outcome === "fail") ? "critical" : "warning",
    subject: { type: "version", id: versionId, name },
    nodeId: null,
    tenantId,
    body: {
      sentence: `${name} answers otherwise than when it was judged before: ${listed(texts)}; run its gate again, and hold it back if that confirms it.`,
      evidence: drops.flatMap(evidenceOf),
      cause:
        differing.length > 0
          ? `The bytes are the same, but ${listed(differing)} changed in between. Kernels that group adapters round otherwise with other batches and releases; near a tie that turns an answer.`
          : "The bytes and the recorded conditions are the same, so what changed is not on record: the mix of adapters in a batch, or chance near the limit.",
      fix: {
        sentence: isLive
          ? "Run the gate on the live version again. If it fails again, roll back to the previous version, or serve this one alone."
          : "Run the gate again before it goes live; a fail blocks its cutover.",
        command: null,
        action: { label: "Open its gate", href: `/adapters/${adapterId}/versions/${versionId}/gate` },
        undo: "A rollback is one pointer change, and so is the way forward.",
      },
      forecast: null,
    },
  };
}

function evidenceOf({ mode, before, after }: Drop): FindingEvidence[] {
  const one = (label: string, { at, modes, simulated }: JudgedRun): FindingEvidence => ({
    label: `${label}, ${mode}`,
    figure: {
      value: modes[mode].netRegression,
      unit: "ratio",
      source: "measured",
      simulated,
      asOf: at.toISOString(),
      coverage: { seen: modes[mode].n, of: modes[mode].prompts },
    },
    note: `Net regression; it ${THEN[modes[mode].outcome]}.`,
  });
  return [one("Before", before), one("Now", after)];
}

const CONDITIONS = { vllmVersion: "vLLM's release", nodeGpu: "the GPU", baseline: "what it is compared with" } as const;

const differences = ({ before, after }: Drop): string[] =>
  (Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[]).flatMap((key) =>
    before.conditions[key] === after.conditions[key] ? [] : CONDITIONS[key],
  );
