import type { ChatMessage } from "../eval-case.ts";
import {
  type CaseResult,
  type DecodingMode,
  decodingModes,
  type Sample,
  type SampleFilter,
  type SamplePair,
  type SampleSide,
  type SampleStatus,
  sampleFilters,
} from "../schema.ts";
import { callsOf } from "../scoring/score-reply.ts";
import { parseReply } from "../scoring/score-stored.ts";
import type { SampleOutline, StoredCase, StoredSample } from "../stored-sample.ts";
import { showCase } from "../suites/show-suite.ts";
import { type Count, isConfirmedRegression, passRate, regressionOf, tallyOf } from "../verdict/tally.ts";
import { compareFields } from "./compare-fields.ts";

type Answer = { side: SampleSide; take: number; status: SampleStatus };

/** What the valid answers to one prompt in one decoding mode come to; nothing while a side has none. */
type Change = {
  /** The baseline mostly passes, the candidate mostly does not. */
  regressed: boolean;
  /** The other way round. */
  improved: boolean;
  bothWrong: boolean;
  /** A side gave right and wrong answers. */
  flaked: boolean;
  /** Lost so surely that chance is no explanation. */
  confirmed: boolean;
  /** The baseline's pass rate minus the candidate's. */
  lost: number;
};

function changeOf(answers: readonly Answer[]): Change {
  // what was cut off or not delivered says nothing about the model
  const of = (side: SampleSide) => answers.filter((answer) => answer.side === side && !isInvalid(answer));
  const tally = tallyOf({
    caseId: "",
    baseline: of("baseline"),
    baselineRepeat: of("baseline_repeat"),
    candidate: of("candidate"),
  });
  const { baseline, candidate } = tally;
  const flaked = isMixed(baseline) || isMixed(candidate);
  if (baseline.asked === 0 || candidate.asked === 0)
    return { regressed: false, improved: false, bothWrong: false, flaked, confirmed: false, lost: 0 };
  const [before, after] = [passRate(baseline) > 0.5, passRate(candidate) > 0.5];
  return {
    regressed: before && !after,
    improved: !before && after,
    bothWrong: !before && !after,
    flaked,
    confirmed: isConfirmedRegression(tally),
    lost: regressionOf(tally),
  };
}

const isMixed = ({ asked, passed }: Count): boolean => passed > 0 && passed < asked;
const isInvalid = ({ status }: { status: SampleStatus }): boolean => status === "invalid";

type Seen = Change & { invalid: boolean };

/** Whether a case belongs under a filter: one decoding mode is enough. */
function fits(filter: SampleFilter, modes: readonly Seen[]): boolean {
  switch (filter) {
    case "all":
      return true;
    case "regressed":
      return modes.some(({ regressed }) => regressed);
    case "improved":
      return modes.some(({ improved }) => improved);
    case "flaky":
      return modes.some(({ flaked }) => flaked);
    case "both_fail":
      return modes.some(({ bothWrong }) => bothWrong);
    case "invalid":
      return modes.some(({ invalid }) => invalid);
  }
}

export type SortedCases = {
  /** Places of the suite that each filter shows, in the suite's order. */
  shown: Record<SampleFilter, number[]>;
  /** By place, what the mode that lost most lost: 1 = the baseline always right, the candidate never. */
  lost: ReadonlyMap<number, number>;
};

export function sortIntoFilters(ordinals: readonly number[], outline: readonly SampleOutline[]): SortedCases {
  const byPlace = new Map<string, SampleOutline[]>();
  for (const sample of outline) {
    const place = `${sample.ordinal}/${sample.mode}`;
    const known = byPlace.get(place);
    if (known) known.push(sample);
    else byPlace.set(place, [sample]);
  }
  const seen = new Map(
    ordinals.map((ordinal) => [
      ordinal,
      decodingModes.map((mode): Seen => {
        const answers = byPlace.get(`${ordinal}/${mode}`) ?? [];
        return { ...changeOf(answers), invalid: answers.some(isInvalid) };
      }),
    ]),
  );
  const modesAt = (ordinal: number) => seen.get(ordinal) ?? [];
  const shown = (filter: SampleFilter) => ordinals.filter((ordinal) => fits(filter, modesAt(ordinal)));
  return {
    shown: Object.fromEntries(sampleFilters.map((filter) => [filter, shown(filter)])) as SortedCases["shown"],
    lost: new Map(ordinals.map((ordinal) => [ordinal, Math.max(0, ...modesAt(ordinal).map(({ lost }) => lost))])),
  };
}

/** A case's answers beside each other. @param isStaff customers are not told which node answered */
export function pairSamples(stored: StoredCase, samples: readonly StoredSample[], isStaff: boolean): SamplePair {
  const strip = (own: readonly StoredSample[]) => {
    // the one worth reading: what went wrong, if anything did
    const worst = own.find(({ status }) => status !== "pass") ?? own[0];
    return { statuses: own.map(({ status }) => status), sample: worst ? showSample(worst, isStaff) : null };
  };
  return { ...headOf(stored), modes: modesOf(samples, strip) };
}

/** The same with the prompt, the right answer and the raw replies. */
export function showCaseResult(stored: StoredCase, samples: readonly StoredSample[], isStaff: boolean): CaseResult {
  const show = (own: readonly StoredSample[]) =>
    own.map((sample) => ({ ...showSample(sample, isStaff), rawReply: sample.rawReply }));
  const modes = modesOf(samples, show);
  const withFields = (mode: DecodingMode) => ({
    ...modes[mode],
    compared: compareTakes(
      stored,
      samples.filter((sample) => sample.mode === mode),
    ),
  });
  return {
    ...headOf(stored),
    case: showCase(stored),
    modes: { greedy: withFields("greedy"), sampled: withFields("sampled") },
  };
}

/** The two replies that tell most, argument by argument. */
function compareTakes(stored: StoredCase, samples: readonly StoredSample[]): CaseResult["modes"]["greedy"]["compared"] {
  const pick = (side: SampleSide, isPicked: (status: SampleStatus) => boolean) => {
    const own = samples.filter((sample) => sample.side === side && sample.rawReply !== null);
    own.sort((left, right) => left.take - right.take);
    return own.find(({ status }) => isPicked(status)) ?? own[0] ?? null;
  };
  const baseline = pick("baseline", (status) => status === "pass");
  const candidate = pick("candidate", (status) => status === "wrong");
  const read = (sample: StoredSample | null) =>
    sample?.rawReply ? callsOf(parseReply(sample.rawReply), stored) : null;
  return {
    baselineTake: baseline?.take ?? null,
    candidateTake: candidate?.take ?? null,
    calls: compareFields(stored, { baseline: read(baseline), candidate: read(candidate) }),
  };
}

const headOf = (stored: StoredCase) => ({
  caseId: stored.caseId,
  ordinal: stored.ordinal,
  category: stored.category,
  prompt: lastQuestion(stored.messages),
  toolCount: stored.tools.length,
});

const lastQuestion = (messages: readonly ChatMessage[]): string =>
  messages.findLast(({ role }) => role === "user")?.content ?? "";

function showSample(sample: StoredSample, isStaff: boolean): Sample {
  const { id, take, status, kind, detail, finishReason, seed, latencyMs, attempts } = sample;
  const nodeName = isStaff ? sample.nodeName : null;
  return { id, take, status, kind, ...detail, finishReason, seed, nodeName, latencyMs, attempts };
}

function modesOf<Side>(
  samples: readonly StoredSample[],
  show: (own: readonly StoredSample[]) => Side,
): Record<
  DecodingMode,
  Record<"baseline" | "candidate" | "baselineRepeat", Side> & Omit<Change, "bothWrong" | "lost">
> {
  const pair = (mode: DecodingMode) => {
    const answers = samples.filter((sample) => sample.mode === mode).sort((left, right) => left.take - right.take);
    const side = (name: SampleSide) => show(answers.filter((sample) => sample.side === name));
    const { bothWrong: _ofFilters, lost: _ofOrder, ...change } = changeOf(answers);
    return {
      baseline: side("baseline"),
      candidate: side("candidate"),
      baselineRepeat: side("baseline_repeat"),
      ...change,
    };
  };
  return { greedy: pair("greedy"), sampled: pair("sampled") };
}
