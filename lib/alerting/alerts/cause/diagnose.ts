import type { SuggestedAction } from "../../browser/alert-schema.ts";
import type { Cause, CauseCandidate } from "../../browser/cause-schema.ts";
import type { Pitfall, PitfallFinding } from "../../browser/finding-schema.ts";
import type { CauseFacts, Symptomatic } from "./cause-facts.ts";
import { LEAST_BAD_MINUTES, LEAST_GOOD_MINUTES, type Symptom, type Weight, weighCandidates } from "./confirm-cause.ts";
import { type Candidate, listCandidates } from "./list-candidates.ts";
import { recommend } from "./recommend.ts";

/** What the minutes say about the cause of an alert, as it is kept with it. */
export type Diagnosis = Cause & {
  state: "confirmed" | "unconfirmed";
  judgedTo: string;
  /** Of the confirmed cause: the alert about it, where it is, and what detectors call it. */
  alertKey: string | null;
  nodeId: string | null;
  pitfall: Pitfall | null;
  /** The finding whose fix is recommended. */
  findingId: string | null;
  /** What to do about the confirmed cause; empty without one. */
  actions: SuggestedAction[];
};

const MOST_LISTED = 6;

/** Whether nothing is left to find out: a recommendation does not change while its alert is open. */
export const isSettled = (diagnosis: Diagnosis): boolean =>
  diagnosis.state === "confirmed" && (diagnosis.pitfall === null || diagnosis.findingId !== null);

/**
 * The cause of an alert by its minutes. A cause that was confirmed stays; only the fix of a finding that detectors make a
 * little later is added to it.
 */
export function diagnose(alert: Symptomatic, facts: CauseFacts, previous: Diagnosis | null): Diagnosis {
  if (previous?.state === "confirmed") return withFix(previous, facts);
  const symptom = facts.symptoms.get(alert.key) ?? { bad: [], good: [] };
  const weighed = weighCandidates(symptom, listCandidates(alert, facts));
  const [first] = weighed;
  const common = {
    judgedTo: facts.window.to.toISOString(),
    candidates: weighed
      .filter(({ weight }) => weight.bad.out > 0)
      .slice(0, MOST_LISTED)
      .map(listed),
  };
  if (first === undefined || !first.weight.isConfirmed)
    return {
      ...common,
      state: "unconfirmed",
      sentence: whyNone(symptom, common.candidates),
      ...{ alertKey: null, nodeId: null, pitfall: null, findingId: null, actions: [] },
    };
  const { alertKey, nodeId, pitfall } = first;
  const finding = findingOf({ nodeId, pitfall }, facts);
  return {
    ...common,
    state: "confirmed",
    sentence: `${first.what}: ${weightText(first.weight)}.${finding === null ? "" : ` ${finding.cause}`}`,
    ...{ alertKey, nodeId, pitfall, findingId: finding?.id ?? null },
    actions: recommend(first, finding, facts.nodes),
  };
}

function withFix(diagnosis: Diagnosis, facts: CauseFacts): Diagnosis {
  const finding = isSettled(diagnosis) ? null : findingOf(diagnosis, facts);
  if (finding === null) return diagnosis;
  const [cause] = diagnosis.candidates;
  return {
    ...diagnosis,
    sentence: `${diagnosis.sentence} ${finding.cause}`,
    findingId: finding.id,
    actions: cause === undefined ? diagnosis.actions : recommend({ ...diagnosis, ...cause }, finding, facts.nodes),
  };
}

const findingOf = ({ nodeId, pitfall }: Pick<Candidate, "nodeId" | "pitfall">, facts: CauseFacts) =>
  facts.findings.find(
    (finding: PitfallFinding) => finding.pitfall === pitfall && finding.nodeId === nodeId && finding.clearedAt === null,
  ) ?? null;

const listed = ({ kind, what, href, weight }: Candidate & { weight: Weight }): CauseCandidate => ({
  ...{ kind, what, href },
  ...weight,
});

/** "9 of 10 bad minutes, 1 of 50 good ones". */
export const weightText = ({ bad, good }: Pick<Weight, "bad" | "good">): string =>
  `${bad.out} of ${bad.of} bad minutes, ${good.out} of ${good.of} good ones`;

function whyNone({ bad, good }: Symptom, candidates: readonly CauseCandidate[]): string {
  if (bad.length < LEAST_BAD_MINUTES || good.length < LEAST_GOOD_MINUTES)
    return `No cause confirmed: ${bad.length} bad and ${good.length} good minutes are too few to compare.`;
  if (candidates.length === 0) return "No cause confirmed: nothing known was out of range in the bad minutes.";
  return "No cause confirmed: nothing was out of range in 80 % of the bad minutes and at most 20 % of the good ones.";
}
