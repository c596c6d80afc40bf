"use client";

import type { Batch, BatchRow, BatchWithRows } from "#lib/cutover/browser/batch-schema.ts";
import { AsOf, useStale } from "../../ui/as-of.tsx";
import { TextLink } from "../../ui/button.tsx";
import { Card, Notice } from "../../ui/card.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Status } from "../../ui/status.tsx";
import { Time } from "../../ui/time.tsx";
import { useApi } from "../../ui/use-api.ts";
import { GoOn, PauseBatch, StopBatch } from "./batch-actions.tsx";
import { BatchBar } from "./batch-bar.tsx";
import { BatchRows } from "./batch-rows.tsx";
import { batchStatus, cutovers, isActive, totalOf } from "./batch-words.ts";

const REFRESH_MS = 2_000;

/** Many cutovers as one thing: how far it is, what failed and why, and the ways to hold it or go on. */
export function BatchPage({ batchId }: { batchId: string }) {
  const read = useApi(
    "GET /cutover-batches/{batchId}",
    { params: { batchId } },
    { refreshMs: (batch) => (batch === undefined || isActive(batch) ? REFRESH_MS : false) },
  );
  const batch = read.data;
  const stale = useStale(read.readAt, REFRESH_MS);
  if (!batch) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-80 w-full" />;
  }
  return (
    <div className="flex flex-col gap-6" data-stale={(stale && isActive(batch)) || undefined}>
      <PageHeader
        title={`Batch of ${cutovers(totalOf(batch))}`}
        parents={[{ label: "Cutovers", href: "/cutovers" }]}
        id={batch.id}
        health={<Status of="batch" is={batchStatus(batch)} tinted />}
        meta={<Meta batch={batch} readAt={read.readAt} />}
        secondary={
          <>
            <PauseBatch batch={batch} />
            <StopBatch batch={batch} />
          </>
        }
        primary={<GoOn batch={batch} />}
      />
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      <Standing batch={batch} />
      <BatchBar batch={batch} />
      <BatchRows rows={batch.rows} />
      <History batch={batch} />
    </div>
  );
}

function Meta({ batch, readAt }: { batch: Batch; readAt: string | null }) {
  const { atOnce, stopAfterFailures: limit, overrideReason } = batch;
  return (
    <span className="flex flex-wrap gap-x-3 gap-y-1">
      <span>
        Started by {batch.requestedBy}, <Time at={batch.createdAt} />
      </span>
      <span>{atOnce} at a time</span>
      <span>{limit === 1 ? "stops at the first failure" : `stops after ${limit} failures`}</span>
      {overrideReason && <span>gates overridden: {overrideReason}</span>}
      {isActive(batch) && readAt && <AsOf at={readAt} intervalMs={REFRESH_MS} />}
    </span>
  );
}

/** Why it does not go on, first of all what failed. */
function Standing({ batch }: { batch: BatchWithRows }) {
  const { state, stoppedBy, counts, message, history } = batch;
  const goesOn =
    counts.running > 0
      ? ` No new cutover starts; the ${counts.running} running ones continue under their own guards.`
      : "";
  if (state === "stopped" && stoppedBy === "failures")
    return (
      <Notice tone="bad">
        <p role="status">
          {history.at(-1)?.what} {goesOn}
        </p>
        <Failures rows={batch.rows} />
      </Notice>
    );
  if (state === "stopped")
    return (
      <Notice tone="warn">
        {history.at(-1)?.what}
        {goesOn}
      </Notice>
    );
  if (state === "paused") return <Notice tone="warn">Paused until someone resumes it.{goesOn}</Notice>;
  return message ? <Notice tone="warn">{message}</Notice> : null;
}

const NAMED_MAX = 5;

function Failures({ rows }: { rows: readonly BatchRow[] }) {
  const failed = rows.filter(({ state }) => state === "failed");
  return (
    <ul className="flex flex-col gap-0.5 pt-1">
      {failed.slice(0, NAMED_MAX).map((row) => (
        <li key={row.position} className="break-words">
          <span className="font-medium">{row.label}</span>: {row.reason} {row.fix}{" "}
          {row.cutoverId && <TextLink href={`/cutovers/${row.cutoverId}`}>Open cutover</TextLink>}
        </li>
      ))}
      {failed.length > NAMED_MAX && <li>and {failed.length - NAMED_MAX} more, below</li>}
    </ul>
  );
}

function History({ batch: { history } }: { batch: Batch }) {
  return (
    <Card title="History">
      <ol className="flex flex-col divide-y text-sm">
        {history.map((event) => (
          <li key={`${event.at} ${event.what}`} className="flex flex-wrap items-center gap-x-3 py-1.5">
            <span className="text-fg-2">{event.by}</span>
            <span>{event.what}</span>
            <span className="ms-auto text-fg-3">
              <Time at={event.at} />
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
