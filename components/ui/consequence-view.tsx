"use client";

import type { ReactNode } from "react";
import type { Problem } from "#lib/http/schema.ts";
import type { Consequences } from "#lib/journey/browser/consequences-schema.ts";
import { Notice } from "./card.tsx";
import { cn } from "./cn.ts";
import { formatCount } from "./format.ts";
import { MeasurementView } from "./measurement.tsx";
import { useReader } from "./reader.tsx";
import { Skeleton } from "./skeleton.tsx";

/** What an action would do, as `consequences()` tells it; the first thing in every dialog of weight. */
export function ConsequenceView({ data, problem }: { data: Consequences | undefined; problem: Problem | null }) {
  if (!data)
    return problem ? (
      <p className="text-fg-2">The consequences could not be loaded. {problem.detail}</p>
    ) : (
      <div aria-busy="true" className="flex flex-col gap-2">
        <Skeleton className="h-5 w-full" />
        <Skeleton className="h-36 w-full" />
      </div>
    );
  return (
    <div className="flex flex-col gap-3 text-md">
      <p className="text-fg">{data.sentence}</p>
      {data.blockers.map((blocker) => (
        <Notice key={blocker.reason} tone="bad">
          {blocker.message} {blocker.fix}
        </Notice>
      ))}
      {data.changes.length > 0 && <Changes changes={data.changes} />}
      <Facts data={data} />
    </div>
  );
}

function Changes({ changes }: Pick<Consequences, "changes">) {
  return (
    <ul className="flex flex-col divide-y rounded-control border text-sm">
      {changes.map(({ what, from, to }) => (
        <li key={what} className="flex flex-wrap gap-x-3 px-3 py-1.5">
          <span className="w-28 shrink-0 break-words font-medium text-fg">{what}</span>
          <span className="min-w-0 grow basis-48 text-fg-2">
            {from} <span aria-hidden="true">→</span>
            <span className="sr-only">becomes</span> <span className="text-fg">{to}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Facts({ data }: { data: Consequences }) {
  const nobody = data.withoutAnswer.count === 0;
  return (
    <dl className="grid gap-x-4 gap-y-1 rounded-control bg-sub p-3 text-sm sm:grid-cols-[auto_1fr]">
      <Fact label="Tenants affected">
        <Tenants {...data.tenants} />
      </Fact>
      <Fact label="Requests, last hour">
        <MeasurementView value={data.requestsLastHour} mark="icon" />
      </Fact>
      <Fact label="Tenants without an answer" tone={nobody ? undefined : "bad"}>
        <Tenants {...data.withoutAnswer} />
      </Fact>
      <Fact label="Load (forecast)">
        {data.predicted.length === 0 ? "No change" : data.predicted.map((line) => <p key={line}>{line}</p>)}
      </Fact>
      <Fact label="Undo">{data.undo}</Fact>
    </dl>
  );
}

function Fact({ label, tone, children }: { label: string; tone?: "bad" | undefined; children: ReactNode }) {
  return (
    <div className="max-sm:pb-1 sm:col-span-2 sm:grid sm:grid-cols-subgrid">
      <dt className="text-fg-3">{label}</dt>
      <dd className={cn("min-w-0 break-words", tone === "bad" ? "font-medium text-bad" : "text-fg")}>{children}</dd>
    </div>
  );
}

/** "None", "Acme", "2: Acme, Globex", "40: Acme, Globex, … and 35 more". */
function Tenants({ count, names }: Consequences["tenants"]) {
  const { locale } = useReader();
  if (count === 0) return "None";
  const more = count - names.length;
  const named = `${names.join(", ")}${more > 0 ? ` and ${formatCount(more, locale)} more` : ""}`;
  return count === 1 ? named : `${formatCount(count, locale)}: ${named}`;
}
