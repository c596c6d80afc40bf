"use client";

import type { ReactNode } from "react";
import type { Cutover } from "#lib/cutover/schema.ts";
import { MetricChart } from "../charts/metric-chart.tsx";
import { TextLink } from "../ui/button.tsx";
import { Card, Notice } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { THIN_SPACE } from "../ui/format.ts";
import { formatDuration } from "../ui/format-time.ts";
import { gateBasis } from "../ui/gate-basis.ts";
import { adapterTitle } from "../ui/object-title.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status, StatusShape } from "../ui/status.tsx";
import { statusWord } from "../ui/status-words.ts";
import { Steps } from "../ui/steps.tsx";
import { Time } from "../ui/time.tsx";
import { useApi } from "../ui/use-api.ts";
import { Abort, PauseOrResume, Promote } from "./cutover-actions.tsx";
import { cutoverSteps, presentStep } from "./cutover-steps.ts";
import { CutoverStatus, moveOf } from "./cutover-table.tsx";
import { GuardCard } from "./guard-card.tsx";
import { RollBack } from "./roll-back.tsx";

const REFRESH_MS = 2000;
/** One move of a live version: where it stands, who did what, and the way back. */
export function CutoverPage({
  cutoverId,
  approval,
}: {
  cutoverId: string;
  /** Whose yes it waits for, or got. */
  approval: ReactNode;
}) {
  const read = useApi("GET /cutovers/{cutoverId}", { params: { cutoverId } }, { refreshMs: REFRESH_MS });
  const cutover = read.data;
  if (!cutover) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-40 w-full" />;
  }
  const isOver = cutover.finishedAt !== null;
  /** Then the approval says what is asked, and what the gate proved. */
  const isAsking = cutover.awaitingApproval && !isOver;
  const isOnTrack = cutover.phase !== "aborted" && cutover.phase !== "rolled_back";
  return (
    <>
      <PageHeader
        title={`${adapterTitle(cutover)} · ${moveOf(cutover)}`}
        parents={[{ label: "Cutovers", href: "/cutovers" }]}
        id={cutover.id}
        health={<CutoverStatus cutover={cutover} tinted />}
        meta={
          <span>
            <TextLink href={`/tenants/${cutover.tenantId}`}>{cutover.tenantName}</TextLink> · started by{" "}
            {cutover.requestedBy} <Time at={cutover.createdAt} />
          </span>
        }
        secondary={
          <>
            <PauseOrResume cutover={cutover} />
            <Abort cutover={cutover} />
            <RollBack cutover={cutover} />
          </>
        }
        primary={<Promote cutover={cutover} />}
      />
      {isOnTrack && (
        <Steps
          step={presentStep(cutover)}
          state={cutover.phase === "completed" ? "done" : isHeld(cutover) ? "waiting" : "busy"}
          since={isOver ? null : cutover.stepAt}
          steps={cutoverSteps(cutover)}
        />
      )}
      {cutover.message && !isAsking && <Notice tone={toneOf(cutover)}>{cutover.message}</Notice>}
      {approval}
      {cutover.track && !isOver && <p className="text-md text-fg-2">{cutover.track.reason}</p>}
      <GuardCard cutoverId={cutover.id} isOver={isOver} />
      {!isAsking && <GateCard cutover={cutover} />}
      <MetricChart metric="latency" scope={{ tenantId: cutover.tenantId }} isForStaff />
      <HistoryCard history={cutover.history} />
    </>
  );
}

const isHeld = ({ paused, awaitingApproval }: Cutover): boolean => paused || awaitingApproval;

function toneOf(cutover: Cutover): "bad" | "warn" | "busy" {
  if (cutover.phase === "aborted" || cutover.phase === "rolled_back") return "bad";
  return isHeld(cutover) ? "warn" : "busy";
}

/** What the cutover rests on: a pass, or an override with its reason. */
function GateCard({ cutover }: { cutover: Cutover }) {
  return (
    <Card title="Gate">
      {cutover.overrideReason ? (
        <p className="text-md">
          <Status of="verdict" is={gateBasis(cutover)} className="me-2" />
          {cutover.selfApproved ? "self-approved, " : ""}
          {cutover.adopted ? "already served this customer" : "without a pass"}: {cutover.overrideReason}
        </p>
      ) : (
        <p className="flex flex-wrap items-center gap-x-4 text-md">
          <Status of="verdict" is="pass" />
          {cutover.runId && <TextLink href={`/evals/runs/${cutover.runId}`}>Open run</TextLink>}
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
          <li key={`${entry.phase} ${entry.at} ${entry.weight}`} className="flex flex-wrap items-center gap-x-3 py-1.5">
            {index === history.length - 1 ? (
              <Status of="cutover" is={entry.phase} {...weightOf(entry)} className="w-36" />
            ) : (
              <PastPhase entry={entry} />
            )}
            <span className="text-fg-2">{entry.by}</span>
            {entry.reason && <span className="text-fg-2">{entry.reason}</span>}
            <span className="ms-auto text-fg-3">
              {index > 0 && `after ${sinceBefore(history, index)} · `}
              <Time at={entry.at} />
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** A phase that is over: its word, at rest. */
function PastPhase({ entry }: { entry: Entry }) {
  const { percent } = weightOf(entry);
  return (
    <span className="inline-flex w-36 items-center gap-1.5 text-fg-2">
      <StatusShape state="off" />
      {statusWord({ of: "cutover", is: entry.phase }).word}
      {percent !== undefined && ` ${percent}${THIN_SPACE}%`}
    </span>
  );
}

type Entry = Cutover["history"][number];

const weightOf = ({ phase, weight }: Entry): { percent?: number } =>
  phase === "canary" && weight !== undefined ? { percent: weight } : {};

const sinceBefore = (history: readonly Entry[], index: number): string =>
  formatDuration(Date.parse(history[index]?.at ?? "") - Date.parse(history[index - 1]?.at ?? ""));
