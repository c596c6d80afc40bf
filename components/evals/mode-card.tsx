import { Card } from "../ui/card.tsx";
import { KeyValue, type KeyValueRow } from "../ui/key-value.tsx";
import { Status } from "../ui/status.tsx";
import { type ModeReport, partsOf } from "./mode-rows.ts";

/** What one decoding mode showed, and how much of it could be chance. */
export function ModeCard({ title, report }: { title: string; report: ModeReport }) {
  const { deciding, shown } = partsOf(report);
  return (
    <Card
      title={title}
      aside={<Status of="verdict" is={report.outcome} />}
      footer={`True regression is ${report.claim}. ${report.cannotRuleOut}`}
    >
      <div className="flex flex-col gap-4">
        <Part name="What decides" rows={deciding} />
        <Part name="Shown beside it, never deciding" rows={shown} />
      </div>
    </Card>
  );
}

function Part({ name, rows }: { name: string; rows: readonly KeyValueRow[] }) {
  return (
    <section aria-label={name} className="flex flex-col gap-2">
      <h3 className="text-sm font-medium">{name}</h3>
      <KeyValue rows={rows} />
    </section>
  );
}
