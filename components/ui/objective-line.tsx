import type { Objective } from "#lib/alerting/browser/objective-schema.ts";
import { TextLink } from "./button.tsx";
import { MeasurementView } from "./measurement.tsx";
import { Status } from "./status.tsx";

/** One objective for staff: how it stands, what is promised, what came of it, and what is left. */
export function ObjectiveLine({
  objective: { scope, status, state, promise, outcome, budgetLeft, note },
  href,
}: {
  objective: Objective;
  /** Where whom it is about is read of, who is named then; without it they are plain from the page. */
  href?: string;
}) {
  return (
    <li className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5">
      <span className="w-24 shrink-0">
        <Status of="objective" is={status === "accepted" ? state : status} />
      </span>
      <p className="min-w-0 grow basis-64 text-md wrap-anywhere">
        {href && (
          <>
            <TextLink href={href}>{scope.name}</TextLink>:{" "}
          </>
        )}
        {promise}
        <span className="text-fg-2">; {outcome}</span>
        {note && <span className="block text-sm text-fg-3">{note}</span>}
      </p>
      <span className="text-sm text-fg-2">
        Budget left <MeasurementView value={budgetLeft} />
      </span>
    </li>
  );
}
