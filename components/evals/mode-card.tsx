import type * as z from "zod";
import type { ModeReportSchema } from "#lib/evals/schema.ts";
import { Card } from "../ui/card.tsx";
import { formatShare, quantityText } from "../ui/format.ts";
import { KeyValue, type KeyValueRow } from "../ui/key-value.tsx";
import { Status } from "../ui/status.tsx";

type ModeReport = z.infer<typeof ModeReportSchema>;

const share = (ratio: number | null): string => (ratio === null ? "Unknown" : quantityText(formatShare(ratio)));
/** Prompts passed are sums of rates. */
const count = (prompts: number): string => prompts.toFixed(1).replace(/\.0$/, "");
const chance = (p: number | null): string =>
  p === null ? "Unknown" : p < 0.001 ? "p < 0.001" : `p = ${p.toPrecision(2)}`;

/** What one decoding mode showed, and how much of it could be chance. */
export function ModeCard({ title, report }: { title: string; report: ModeReport }) {
  return (
    <Card
      title={title}
      aside={<Status of="verdict" is={report.outcome} />}
      footer={`True regression is ${report.claim}. ${report.cannotRuleOut}`}
    >
      <div className="flex flex-col gap-4">
        <Part
          name="What decides"
          rows={[
            {
              label: "Net regression",
              value: `${share(report.netRegression)} of ${report.n} prompts`,
              hint: "Mean of the baseline's pass rate minus the candidate's, prompt by prompt. The gate needs less than 0.5 %.",
            },
            {
              label: "Confirmed",
              value: `${report.confirmed} lost, ${report.confirmedGains} gained; ${report.askedAgain} prompts asked again`,
              hint: "Prompts that answered differently are asked again on both sides. Lost for sure: the baseline passes at least 5 of 7, the candidate at most 1 of 6. A fail needs 2.",
            },
          ]}
        />
        <Part name="Shown beside it, never deciding" rows={shownOf(report)} />
      </div>
    </Card>
  );
}

const shownOf = (report: ModeReport): KeyValueRow[] => [
  {
    label: "By majority",
    value: `${report.b} lost, ${report.c} gained`,
    hint: "What most answers to a prompt say, on each side. Shown, not deciding.",
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
    value: `${report.flakeCount} prompts waver (${share(report.flakeRate)})`,
    hint: "Prompts to which the baseline itself gave right and wrong answers: the noise floor.",
  },
  { label: "Would have seen", value: `${share(report.leastDetectable)} or more, 4 times of 5` },
  { label: "Missing, invalid", value: `${report.missing}, ${report.invalid}` },
];

function Part({ name, rows }: { name: string; rows: readonly KeyValueRow[] }) {
  return (
    <section aria-label={name} className="flex flex-col gap-2">
      <h3 className="text-sm font-medium">{name}</h3>
      <KeyValue rows={rows} />
    </section>
  );
}
