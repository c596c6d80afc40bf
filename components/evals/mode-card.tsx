import type * as z from "zod";
import type { ModeReportSchema } from "#lib/evals/schema.ts";
import { Card } from "../ui/card.tsx";
import { formatShare, quantityText } from "../ui/format.ts";
import { KeyValue } from "../ui/key-value.tsx";
import { Status } from "../ui/status.tsx";

type ModeReport = z.infer<typeof ModeReportSchema>;

const share = (ratio: number | null): string => (ratio === null ? "Unknown" : quantityText(formatShare(ratio)));
const chance = (p: number | null): string =>
  p === null ? "Unknown" : p < 0.001 ? "p < 0.001" : `p = ${p.toPrecision(2)}`;

/** What one decoding mode showed, and how much of it could be chance. */
export function ModeCard({ title, report }: { title: string; report: ModeReport }) {
  return (
    <Card
      title={title}
      aside={<Status of="verdict" is={report.outcome} />}
      footer={`True regression is ${report.claim}.`}
    >
      <KeyValue
        rows={[
          {
            label: "Net regression",
            value: `${share(report.netRegression)} (${report.b} lost, ${report.c} gained of ${report.n})`,
            hint: "Lost minus gained prompts, as a share of all. The gate needs less than 0.5 %.",
          },
          {
            label: "Right answers",
            value: `${report.candidatePassed} of ${report.n}, baseline ${report.baselinePassed}`,
          },
          { label: "Upper bound", value: `${share(report.U95)} at 95 %`, hint: "Clopper-Pearson, one-sided." },
          { label: "Chance alone", value: chance(report.pMcNemar), hint: "Exact McNemar test, one-sided." },
          {
            label: "Baseline against itself",
            value: `${report.flakeCount} prompts differ (${share(report.flakeRate)})`,
            hint: "The baseline was asked twice: this is the noise floor.",
          },
          { label: "Would have seen", value: `${share(report.leastDetectable)} or more, 4 times of 5` },
          { label: "Missing, invalid", value: `${report.missing}, ${report.invalid}` },
        ]}
      />
    </Card>
  );
}
