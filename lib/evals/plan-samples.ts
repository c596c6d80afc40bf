import { decodingModes, sampleSides } from "./schema.ts";
import type { SampleKey } from "./stored-sample.ts";

/** Answers a run needs in all. */
export const samplesNeeded = (caseCount: number): number => caseCount * sampleSides.length * decodingModes.length;

/**
 * What is still to be asked, in order: side by side (so that one adapter stays hot instead of three taking turns), the
 * baseline's second turn last (so that a ruler that moved meanwhile is noticed), then mode by mode, then the suite's
 * order. After a crash only the missing ones are left.
 */
export function planSamples(ordinals: readonly number[], done: readonly SampleKey[]): SampleKey[] {
  const asked = new Set(done.map(nameOf));
  return sampleSides
    .flatMap((side) => decodingModes.flatMap((mode) => ordinals.map((ordinal) => ({ ordinal, side, mode }))))
    .filter((key) => !asked.has(nameOf(key)));
}

const nameOf = ({ ordinal, side, mode }: SampleKey): string => `${side}/${mode}/${ordinal}`;
