import type { ChatMessage } from "./eval-case.ts";
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
} from "./schema.ts";
import type { SampleOutline, StoredCase, StoredSample } from "./stored-sample.ts";
import { showCase } from "./suites/show-suite.ts";

type Statuses = Partial<Record<SampleSide, SampleStatus>>;

const isRegressed = ({ baseline, candidate }: Statuses) => baseline === "pass" && candidate === "wrong";
const isImproved = ({ baseline, candidate }: Statuses) => baseline === "wrong" && candidate === "pass";
const isBothFail = ({ baseline, candidate }: Statuses) => baseline === "wrong" && candidate === "wrong";
const isInvalid = (statuses: Statuses) => Object.values(statuses).includes("invalid");

/** Whether a case belongs under a filter: one decoding mode is enough. */
function fits(filter: SampleFilter, modes: readonly Statuses[]): boolean {
  switch (filter) {
    case "all":
      return true;
    case "regressed":
      return modes.some(isRegressed);
    case "improved":
      return modes.some(isImproved);
    case "both_fail":
      return modes.some(isBothFail);
    case "invalid":
      return modes.some(isInvalid);
  }
}

/** Which places of the suite each filter shows, in the suite's order. */
export function sortIntoFilters(
  ordinals: readonly number[],
  outline: readonly SampleOutline[],
): Record<SampleFilter, number[]> {
  const byPlace = new Map<string, Statuses>();
  for (const { ordinal, mode, side, status } of outline) {
    const place = `${ordinal}/${mode}`;
    byPlace.set(place, { ...byPlace.get(place), [side]: status });
  }
  const modesAt = (ordinal: number) => decodingModes.map((mode) => byPlace.get(`${ordinal}/${mode}`) ?? {});
  const shown = (filter: SampleFilter) => ordinals.filter((ordinal) => fits(filter, modesAt(ordinal)));
  return Object.fromEntries(sampleFilters.map((filter) => [filter, shown(filter)])) as Record<SampleFilter, number[]>;
}

/** A case's answers beside each other. @param isStaff customers are not told which node answered */
export function pairSamples(stored: StoredCase, samples: readonly StoredSample[], isStaff: boolean): SamplePair {
  return { ...headOf(stored), modes: modesOf(samples, (sample) => showSample(sample, isStaff)) };
}

/** The same with the prompt, the right answer and the raw replies. */
export function showCaseResult(stored: StoredCase, samples: readonly StoredSample[], isStaff: boolean): CaseResult {
  const show = (sample: StoredSample) => ({ ...showSample(sample, isStaff), rawReply: sample.rawReply });
  return { ...headOf(stored), case: showCase(stored), modes: modesOf(samples, show) };
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
  const { id, status, kind, detail, finishReason, seed, latencyMs, attempts } = sample;
  const nodeName = isStaff ? sample.nodeName : null;
  return { id, status, kind, ...detail, finishReason, seed, nodeName, latencyMs, attempts };
}

function modesOf<Shown extends Sample>(samples: readonly StoredSample[], show: (sample: StoredSample) => Shown) {
  const pair = (mode: DecodingMode) => {
    const of = (side: SampleSide) => {
      const sample = samples.find((candidate) => candidate.mode === mode && candidate.side === side);
      return sample === undefined ? null : show(sample);
    };
    const [baseline, candidate, baselineRepeat] = [of("baseline"), of("candidate"), of("baseline_repeat")];
    const statuses: Statuses = {
      ...(baseline ? { baseline: baseline.status } : {}),
      ...(candidate ? { candidate: candidate.status } : {}),
    };
    const flaked = baseline !== null && baselineRepeat !== null && baseline.status !== baselineRepeat.status;
    return {
      baseline,
      candidate,
      baselineRepeat,
      regressed: isRegressed(statuses),
      improved: isImproved(statuses),
      flaked,
    };
  };
  return { greedy: pair("greedy"), sampled: pair("sampled") };
}
