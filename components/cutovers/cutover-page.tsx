"use client";

import { useState } from "react";
import type { Cutover } from "#lib/cutover/schema.ts";
import { MetricChart } from "../charts/metric-chart.tsx";
import { Button, TextLink } from "../ui/button.tsx";
import { Card, Notice } from "../ui/card.tsx";
import { ConfirmConsequences } from "../ui/confirm-consequences.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status, StatusShape } from "../ui/status.tsx";
import { statusWord } from "../ui/status-words.ts";
import { Steps } from "../ui/steps.tsx";
import { Time } from "../ui/time.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";
import { moveOf } from "./cutover-table.tsx";

const REFRESH_MS = 2000;
const STEPS = [
  { id: "pending", label: "Pending" },
  { id: "warming", label: "Warming" },
  { id: "full", label: "Full" },
  { id: "completed", label: "Completed" },
] as const;

/** One move of a live version: where it stands, who did what, and the way back. */
export function CutoverPage({ cutoverId }: { cutoverId: string }) {
  const read = useApi("GET /cutovers/{cutoverId}", { params: { cutoverId } }, { refreshMs: REFRESH_MS });
  const cutover = read.data;
  if (!cutover) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-40 w-full" />;
  }
  const isOnTrack = STEPS.some(({ id }) => id === cutover.phase);
  return (
    <>
      <PageHeader
        title={`${cutover.adapterSlug} ${moveOf(cutover)}`}
        parents={[{ label: "Cutovers", href: "/cutovers" }]}
        id={cutover.id}
        health={<Status of="cutover" is={cutover.phase} tinted />}
        meta={
          <span>
            <TextLink href={`/tenants/${cutover.tenantId}`}>{cutover.tenantName}</TextLink> · started by{" "}
            {cutover.requestedBy} <Time at={cutover.createdAt} />
          </span>
        }
        secondary={
          <>
            {cutover.canAbort && <Abort cutover={cutover} />}
            <RollBack cutover={cutover} />
          </>
        }
      />
      {isOnTrack && (
        <Steps step={cutover.phase} state={cutover.phase === "completed" ? "done" : "busy"} steps={STEPS} />
      )}
      {cutover.message && <Notice tone={cutover.phase === "aborted" ? "bad" : "busy"}>{cutover.message}</Notice>}
      <GateCard cutover={cutover} />
      <MetricChart metric="latency" scope={{ tenantId: cutover.tenantId }} isForStaff />
      <HistoryCard history={cutover.history} />
    </>
  );
}

/** What the cutover rests on: a pass, or an override with its reason. */
function GateCard({ cutover }: { cutover: Cutover }) {
  return (
    <Card title="Gate">
      {cutover.overrideReason ? (
        <p className="text-md">
          <Status of="verdict" is="overridden" className="me-2" /> without a pass: {cutover.overrideReason}
        </p>
      ) : (
        <p className="flex flex-wrap items-center gap-x-4 text-md">
          <Status of="verdict" is="pass" />
          {cutover.runId && <TextLink href={`/evals/runs/${cutover.runId}`}>See the run it rests on</TextLink>}
        </p>
      )}
    </Card>
  );
}

/** Who moved it on, when and why; oldest first. */
function HistoryCard({ history }: Pick<Cutover, "history">) {
  return (
    <Card title="History">
      <ol className="flex flex-col divide-y text-sm">
        {history.map((entry, index) => (
          <li key={`${entry.phase} ${entry.at}`} className="flex flex-wrap items-center gap-x-3 py-1.5">
            {index === history.length - 1 ? (
              <Status of="cutover" is={entry.phase} className="w-36" />
            ) : (
              <PastPhase phase={entry.phase} />
            )}
            <span className="text-fg-2">{entry.by}</span>
            {entry.reason && <span className="text-fg-2">{entry.reason}</span>}
            <span className="ms-auto text-fg-3">
              <Time at={entry.at} />
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** A phase that is over: its word, at rest. */
function PastPhase({ phase }: { phase: Cutover["phase"] }) {
  return (
    <span className="inline-flex w-36 items-center gap-1.5 text-fg-2">
      <StatusShape state="off" />
      {statusWord({ of: "cutover", is: phase }).word}
    </span>
  );
}

/** One pointer change: it needs no worker, and is undone by another cutover. */
function RollBack({ cutover }: { cutover: Cutover }) {
  const [isAsking, setAsking] = useState(false);
  const denied = useDenied("cutover.rollback");
  const rollback = useApiMutation("POST /cutovers/{cutoverId}/rollback", {
    alsoRefresh: ["adapters", "versions"],
    onDone: () => setAsking(false),
  });
  const isToOrigin = cutover.fromOrigin && cutover.fromNumber === null;
  const target = isToOrigin ? "its origin" : `v${cutover.fromNumber}`;
  const blocked =
    denied ?? (cutover.canRollBack ? undefined : "Its version is not live, or there is none to go back to.");
  return (
    <>
      <Button disabledReason={blocked} onClick={() => setAsking(true)}>
        Roll back
      </Button>
      <ConfirmConsequences
        open={isAsking}
        onOpenChange={setAsking}
        title={`Roll ${cutover.adapterSlug} back to ${target}?`}
        confirmLabel={`Roll back to ${target}`}
        tone="danger"
        pending={rollback.isPending}
        problem={rollback.problem}
        onConfirm={() => rollback.run({ params: { cutoverId: cutover.id }, body: {} })}
        consequences={{
          changes: [
            isToOrigin
              ? `New requests of ${cutover.tenantName} go to its own endpoint at once, as before it moved in.`
              : `New requests of ${cutover.tenantName} are answered by ${target} at once; it is still warm.`,
            "Requests in progress end on the version they started with.",
          ],
          tenantCount: 1,
          load: null,
          undo: `Start a cutover to v${cutover.toNumber} again`,
        }}
      />
    </>
  );
}

function Abort({ cutover }: { cutover: Cutover }) {
  const denied = useDenied("cutover.start");
  const abort = useApiMutation("POST /cutovers/{cutoverId}/abort");
  return (
    <Button
      disabledReason={denied}
      pending={abort.isPending}
      onClick={() => abort.run({ params: { cutoverId: cutover.id }, body: {} })}
    >
      Abort cutover
    </Button>
  );
}
