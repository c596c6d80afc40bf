"use client";

import type { Overview } from "#lib/journey/schema.ts";
import { AsOf, useStale } from "../ui/as-of.tsx";
import { LinkButton, TextLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { cn } from "../ui/cn.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { JobProgress } from "../ui/job-progress.tsx";
import { Stat } from "../ui/measurement.tsx";
import { NextStepTrack } from "../ui/next-step-track.tsx";
import { OverviewTabs } from "../ui/overview-tabs.tsx";
import { overviewCall } from "../ui/page-calls.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status, StatusShape } from "../ui/status.tsx";
import { useApi } from "../ui/use-api.ts";
import { EventList } from "./event-list.tsx";
import { FirstRunChecklist } from "./first-run-checklist.tsx";

const REFRESH_MS = 5000;

/** Is it fine, why not, and what to do: the admin's landing page. */
export function OverviewPage() {
  const overview = useApi(...overviewCall, { refreshMs: REFRESH_MS });
  const stale = useStale(overview.readAt, REFRESH_MS);
  const data = overview.data;
  return (
    <>
      <PageHeader
        title="Overview"
        secondary={<AsOf at={overview.readAt} intervalMs={REFRESH_MS} />}
        tabs={<OverviewTabs />}
      />
      {overview.problem && !data && <ErrorState problem={overview.problem} onRetry={overview.retry} />}
      {!data && !overview.problem && <Skeleton className="h-40 w-full" />}
      {data && (
        <div className="flex flex-col gap-6" data-stale={stale || undefined}>
          {isEmpty(data) ? (
            <div className="mx-auto flex w-full max-w-160 flex-col gap-4 sm:pt-8">
              <Sentence overview={data} />
              <FirstRunChecklist isCentre />
            </div>
          ) : (
            <>
              <Sentence overview={data} />
              <FirstRunChecklist />
              <Fleet overview={data} />
            </>
          )}
        </div>
      )}
    </>
  );
}

/** Nothing to watch yet: the way to the first live version is all the page has to say. */
const isEmpty = (overview: Overview): boolean => overview.tenants.total === 0 && overview.pools.length === 0;

function Fleet({ overview }: { overview: Overview }) {
  return (
    <>
      <div className="grid gap-6 xl:grid-cols-2">
        <NeedsYou items={overview.needsYou} />
        <InMotion tenants={overview.inMotion} total={overview.inMotionTotal} jobs={overview.jobs} />
      </div>
      <FleetStrip pools={overview.pools} />
      <Card title="Latest changes" actions={<TextLink href="/charts">Charts</TextLink>}>
        <EventList events={overview.events} />
      </Card>
    </>
  );
}

/** "38 of 40 tenants healthy, 1 on fallback.": each number opens its list. */
function Sentence({ overview }: { overview: Overview }) {
  return (
    <div className="flex flex-col gap-2">
      <p className="text-xl font-semibold" data-answer="">
        {overview.sentence}
      </p>
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {overview.tenants.byHealth.map(({ state, count }) => (
          <li key={state} className="flex items-center gap-1.5">
            <Status of="service" is={state} />
            <TextLink href={`/tenants?health=${state}`}>{count}</TextLink>
          </li>
        ))}
      </ul>
    </div>
  );
}

function NeedsYou({ items }: { items: Overview["needsYou"] }) {
  return (
    <Card title="Needs attention" aside={items.length || undefined}>
      {items.length === 0 ? (
        <p className="py-4 text-md text-fg-2">No action needed.</p>
      ) : (
        <ul className="flex flex-col divide-y">
          {items.map((item) => (
            <li key={item.tenantId} className="flex items-center gap-3 py-2">
              <StatusShape state={item.state === "waiting" ? "warn" : "bad"} />
              <div className="min-w-0 grow">
                <TextLink href={`/tenants/${item.tenantId}`} className="text-md font-medium">
                  {item.tenantName}
                </TextLink>
                <p className="text-sm text-fg-2">{item.sentence}</p>
              </div>
              <LinkButton href={item.action.href} size="sm">
                {item.action.label}
              </LinkButton>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

type InMotionProps = { tenants: Overview["inMotion"]; total: number; jobs: Overview["jobs"] };

function InMotion({ tenants, total, jobs }: InMotionProps) {
  return (
    <Card title="In progress" aside={total + jobs.length || undefined} actions={<TextLink href="/jobs">Jobs</TextLink>}>
      {tenants.length + jobs.length === 0 ? (
        <p className="py-4 text-md text-fg-2">No onboarding, cutover or job in progress.</p>
      ) : (
        <ul className="flex flex-col divide-y">
          {jobs.map((job) => (
            <li key={job.id} className="py-2">
              <JobProgress jobId={job.id} />
            </li>
          ))}
          {tenants.map((tenant) => (
            <li key={tenant.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
              <TextLink href={`/tenants/${tenant.id}`} className="text-md sm:w-44 sm:truncate font-medium">
                {tenant.name}
              </TextLink>
              <NextStepTrack next={tenant.nextStep} />
            </li>
          ))}
          {total > tenants.length && (
            <li className="py-2 text-sm text-fg-2">
              {total - tenants.length} more on <TextLink href="/tenants">Tenants</TextLink>
            </li>
          )}
        </ul>
      )}
    </Card>
  );
}

function FleetStrip({ pools }: { pools: Overview["pools"] }) {
  if (pools.length === 0)
    return (
      <Card title="Fleet">
        <EmptyState
          title="No pool yet"
          action={
            <LinkButton href="/pools" variant="primary">
              Add pool
            </LinkButton>
          }
        >
          A pool is a set of vLLM nodes with the same base model and engine limits.
        </EmptyState>
      </Card>
    );
  return (
    <div className={cn("grid gap-6", pools.length > 1 && "lg:grid-cols-2")}>
      {pools.map((pool) => (
        <Card
          key={pool.id}
          title={<TextLink href={`/pools/${pool.id}`}>{pool.name}</TextLink>}
          aside={<span className="truncate">{pool.baseModel}</span>}
        >
          <div className="flex flex-wrap gap-x-12 gap-y-4">
            <Stat label="Loaded versions" value={pool.residentVersions}>
              a node has {pool.maxLoras} slots, its CPU cache {pool.maxCpuLoras}
            </Stat>
            <Stat label="Adapter files" value={pool.adapterBytes}>
              sum of the files, not GPU memory
            </Stat>
            <div className="flex flex-col gap-0.5">
              <span className="text-sm text-fg-2">Serving nodes healthy</span>
              <TextLink href={`/nodes?pool=${pool.id}`} className="text-2xl font-semibold tracking-tight text-fg">
                {pool.nodes.healthy} of {pool.nodes.total}
              </TextLink>
            </div>
          </div>
          <Findings pool={pool} />
        </Card>
      ))}
    </div>
  );
}

/** The gravest that detectors see in a pool, in one line that leads to all of it. */
function Findings({ pool: { id, findings } }: { pool: Overview["pools"][number] }) {
  const [first, ...more] = findings;
  if (first === undefined) return null;
  return (
    <p className="mt-4 flex gap-2 border-t pt-3 text-sm text-fg-2">
      <span className="flex h-5 items-center">
        <StatusShape state={FINDING_ROLES[first.severity]} />
      </span>
      <span className="min-w-0">
        <TextLink href={`/pools/${id}`}>{first.title}</TextLink>: {first.sentence}
        {more.length > 0 && ` And ${more.length} more.`}
      </span>
    </p>
  );
}

const FINDING_ROLES = { critical: "bad", warning: "warn", notice: "off" } as const;
