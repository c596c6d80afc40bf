import { defaultPolicy } from "../gate-policy.ts";
import { type DecodingMode, decodingModes, type SampleStatus, sampleSides } from "../schema.ts";
import type { SampleKey } from "../stored-sample.ts";
import { pairAnswers } from "./pair-answers.ts";
import { planReasks } from "./plan-reasks.ts";

const takesOf = (mode: DecodingMode): number[] =>
  Array.from({ length: defaultPolicy.takes[mode] }, (_, index) => index + 1);

/** Answers a run needs at first; where they differ it asks for more. */
export const samplesNeeded = (caseCount: number): number =>
  caseCount * sampleSides.length * decodingModes.reduce((sum, mode) => sum + defaultPolicy.takes[mode], 0);

/**
 * The first takes that are still to be asked, in order: side by side (so that one adapter stays hot instead of three taking
 * turns), the baseline's second turn last (so that a ruler that moved meanwhile is noticed), then mode by mode, take by take,
 * in the suite's order. After a crash only the missing ones are left.
 */
export function planFirstTakes(ordinals: readonly number[], done: readonly SampleKey[]): SampleKey[] {
  const asked = new Set(done.map(nameOf));
  return sampleSides
    .flatMap((side) =>
      decodingModes.flatMap((mode) =>
        takesOf(mode).flatMap((take) => ordinals.map((ordinal) => ({ ordinal, side, mode, take }))),
      ),
    )
    .filter((key) => !asked.has(nameOf(key)));
}

const nameOf = ({ ordinal, side, mode, take }: SampleKey): string => `${side}/${mode}/${take}/${ordinal}`;

/**
 * What a run asks next: the first takes, and once it has them all, what has to be asked again (`planReasks`), adapter by
 * adapter. Empty = it can be judged.
 */
export function planSamples(
  ordinals: readonly number[],
  done: readonly (SampleKey & { status: SampleStatus })[],
): SampleKey[] {
  const first = planFirstTakes(ordinals, done);
  if (first.length > 0) return first;
  const again = decodingModes.flatMap((mode) => {
    const answers = done
      .filter((sample) => sample.mode === mode)
      .map((sample) => ({ ...sample, caseId: String(sample.ordinal) }));
    const reasks = planReasks(pairAnswers(ordinals.map(String), answers), defaultPolicy.takes[mode], defaultPolicy);
    return reasks.map(({ caseId, side, take }) => ({ ordinal: Number(caseId), side, mode, take }));
  });
  // the baseline answered last
  return sampleSides.flatMap((side) => again.filter((key) => key.side === side));
}
