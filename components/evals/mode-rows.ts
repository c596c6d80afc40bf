import type { Verdict } from "#lib/evals/schema.ts";
import { formatShare, quantityText } from "../ui/format.ts";
import type { KeyValueRow } from "../ui/key-value.tsx";

export type ModeReport = Verdict["modes"]["greedy"];

const share = (ratio: number | null): string => (ratio === null ? "Unknown" : quantityText(formatShare(ratio)));
/** Prompts passed are sums of rates. */
const count = (prompts: number): string => prompts.toFixed(1).replace(/\.0$/, "");
const chance = (p: number | null): string =>
  p === null ? "Unknown" : p < 0.001 ? "p < 0.001" : `p = ${p.toPrecision(2)}`;

/** The figures of one decoding mode in words: those that decide, and those that are only shown. */
export const partsOf = (report: ModeReport): { deciding: KeyValueRow[]; shown: KeyValueRow[] } => ({
  deciding: decidingOf(report),
  shown: shownOf(report),
});

const decidingOf = (report: ModeReport): KeyValueRow[] => [
  {
    label: "Net regression",
    value: `${share(report.netRegression)} of ${report.n} prompts`,
    hint: "Mean of the baseline's pass rate minus the candidate's, prompt by prompt. The gate needs less than 0.5 %.",
  },
  {
    label: "Confirmed",
    value: `${report.confirmed} lost, ${report.confirmedGains} gained; ${report.askedAgain} prompts rerun`,
    hint: "Prompts with different answers are rerun on both sides. Confirmed lost: the baseline passes at least 5 of 7, the candidate at most 1 of 6. A fail needs 2.",
  },
];

const shownOf = (report: ModeReport): KeyValueRow[] => [
  {
    label: "By majority",
    value: `${report.b} lost, ${report.c} gained`,
    hint: "The majority answer to each prompt, on each side. Informational only.",
  },
  {
    label: "Right answers",
    value: `${count(report.candidatePassed)} of ${report.n}, baseline ${count(report.baselinePassed)}`,
  },
  { label: "Upper bound", value: `${share(report.U95)} at 95 %`, hint: "Clopper-Pearson, one-sided." },
  { label: "Chance alone", value: chance(report.pMcNemar), hint: "Exact McNemar test, one-sided." },
  {
    label: "Change, interval",
    value: `${share(report.netInterval.lower)} to ${share(report.netInterval.upper)} at 95 %`,
    hint: "Tango's interval for the difference of paired shares, two-sided.",
  },
  ...(report.pSignFlip === null
    ? []
    : [
        {
          label: "Rates by chance",
          value: chance(report.pSignFlip),
          hint: "Sign-flip test on the pass rates.",
        },
      ]),
  {
    label: "Baseline against itself",
    value: `${report.flakeCount} prompts are flaky (${share(report.flakeRate)})`,
    hint: "Prompts that the baseline answers both right and wrong: the noise floor.",
  },
  { label: "Detectable regression", value: `${share(report.leastDetectable)} or more, 4 times of 5` },
  { label: "Missing, invalid", value: `${report.missing}, ${report.invalid}` },
];
