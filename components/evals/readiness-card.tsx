"use client";

import type { ReadinessItem } from "#lib/evals/browser/readiness-schema.ts";
import { TextLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { MeasurementView } from "../ui/measurement.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { useApi } from "../ui/use-api.ts";

/** How far the tenant is from a suite that can gate, part by part. */
export function ReadinessCard({ tenantId, suiteId }: { tenantId: string; suiteId: string }) {
  const read = useApi("GET /tenants/{tenantId}/suite-readiness", { params: { tenantId } });
  const readiness = read.data;
  if (!readiness)
    return read.problem ? (
      <ErrorState problem={read.problem} onRetry={read.retry} />
    ) : (
      <Skeleton className="h-64 w-full" />
    );
  const isThis = readiness.suite?.id === suiteId;
  return (
    <Card
      title="Readiness"
      aside={readiness.tenantName}
      footer={
        isThis || readiness.suite === null ? undefined : (
          <>
            A gate would use{" "}
            <TextLink href={`/evals/suites/${readiness.suite.id}`}>
              {readiness.suite.name}, revision {readiness.suite.revision}
            </TextLink>
            , which this readiness check covers.
          </>
        )
      }
    >
      <ul className="flex flex-col gap-2.5">
        {readiness.items.map((item) => (
          <Item key={item.code} item={item} />
        ))}
      </ul>
      {readiness.failedCases.length > 0 && readiness.suite && (
        <p className="mt-3 text-sm text-fg-2">
          The baseline failed prompts{" "}
          {readiness.failedCases.slice(0, 10).map(({ caseId, ordinal }, at) => (
            <span key={caseId}>
              {at > 0 && ", "}
              <TextLink href={`/evals/suites/${readiness.suite?.id}?peek=${caseId}`}>{ordinal}</TextLink>
            </span>
          ))}
          {readiness.failedCases.length > 10 && " and more"}.
        </p>
      )}
    </Card>
  );
}

function Item({ item }: { item: ReadinessItem }) {
  return (
    <li className="grid grid-cols-[6rem_minmax(0,1fr)] items-baseline gap-x-3 text-sm">
      <Status of="readiness" is={item.state} />
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium">{item.title}</span>
          <MeasurementView value={item.have} mark="icon" />
        </p>
        <p className="text-fg-2">
          {item.sentence} {item.fix}
        </p>
      </div>
    </li>
  );
}
