"use client";

import { useState } from "react";
import type { Guard, GuardSignal } from "#lib/cutover/browser/guard-schema.ts";
import type { Measurement } from "#lib/http/schema.ts";
import { TimeChart } from "../charts/time-chart.tsx";
import { useStale } from "../ui/as-of.tsx";
import { Card, Notice } from "../ui/card.tsx";
import { cn } from "../ui/cn.ts";
import { ErrorState } from "../ui/error-state.tsx";
import { formatCount, formatLatency, quantityText, THIN_SPACE } from "../ui/format.ts";
import { KeyValue } from "../ui/key-value.tsx";
import { MeasurementView } from "../ui/measurement.tsx";
import { ProvenanceMark } from "../ui/provenance.tsx";
import { useReader } from "../ui/reader.tsx";
import { Segments } from "../ui/segments.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { StatusShape } from "../ui/status.tsx";
import { useApi } from "../ui/use-api.ts";
import { useLastRead } from "../ui/use-last-read.ts";
import { guardChart, SIGNAL_WORDS } from "./guard-chart.ts";

const REFRESH_MS = 3_000;
const FORMULA =
  "A sequential test on both shares (mixture likelihood ratio, minimised over all rates that would be tolerated). However often it is checked, a version as good as the live one breaches a step with at most 1 % probability, over all signals together.";

/** What the guard of a cutover sees: every signal beside what answers without the new version, and how certain it is. */
export function GuardCard({ cutoverId, isOver }: { cutoverId: string; isOver: boolean }) {
  const read = useApi(
    "GET /cutovers/{cutoverId}/guard",
    { params: { cutoverId } },
    { refreshMs: isOver ? false : REFRESH_MS },
  );
  useLastRead(isOver, read.retry);
  const guard = read.data;
  const isStale = useStale(isOver ? null : guard?.asOf, REFRESH_MS);
  if (guard === undefined)
    return read.problem ? (
      <ErrorState problem={read.problem} onRetry={read.retry} />
    ) : (
      <Skeleton className="h-60 w-full" />
    );
  if (guard.step === null) return null;
  return (
    <>
      {!guard.isHeard && !isOver && (
        <Notice tone="warn">No gateway has reported recently; figures may be stale.</Notice>
      )}
      <Card
        title={isOver ? "Guard, at its last step" : "Guard"}
        aside={<ProvenanceMark origin={originOf(guard)} formula={FORMULA} />}
        stale={isStale}
      >
        <SignalTable guard={guard} />
        <LateNote guard={guard} />
      </Card>
      <SignalChart guard={guard} isOver={isOver} />
      <Comparisons guard={guard} />
    </>
  );
}

const originOf = ({ samples }: Guard) => ({ ...samples, source: "derived" as const });

function SignalTable({ guard }: { guard: Guard }) {
  return (
    <div className="relative overflow-x-auto">
      <table className="w-full text-sm">
        <thead>
          <tr className="border-b text-left text-fg-3">
            <th className="py-1.5 pe-4 font-medium">Signal</th>
            <th className="pe-4 text-right font-medium">New version</th>
            <th className="pe-4 text-right font-medium">
              {guard.step?.phase === "soaking" ? "Day before" : "Currently live"}
            </th>
            <th className="hidden pe-4 text-right font-medium sm:table-cell">Confirmed</th>
            <th className="text-right font-medium">Tolerated</th>
          </tr>
        </thead>
        <tbody className="divide-y">
          {guard.signals.map((signal) => (
            <SignalRow key={signal.signal} signal={signal} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SignalRow({ signal }: { signal: GuardSignal }) {
  const { isBreached, candidate, live, atLeast, tolerance } = signal;
  return (
    <tr>
      <th scope="row" className="py-1.5 pe-4 text-left font-normal">
        <span className={cn("inline-flex items-center gap-1.5", isBreached && "font-medium text-bad")}>
          {isBreached && <StatusShape state="bad" />}
          {SIGNAL_WORDS[signal.signal]}
          {isBreached && ": breached"}
        </span>
      </th>
      <ShareCell share={candidate} counts={signal.candidateCounts} />
      <ShareCell share={live} counts={signal.liveCounts} />
      <td className="hidden pe-4 text-right tabular-nums sm:table-cell">
        {atLeast.value === null || atLeast.value <= 0 ? (
          <span className="text-fg-3">nothing yet</span>
        ) : (
          <>
            ≥{THIN_SPACE}
            <MeasurementView value={atLeast} mark="none" /> more
          </>
        )}
      </td>
      <td className="whitespace-nowrap text-right tabular-nums text-fg-2">
        +{Math.round(tolerance * 100)}
        {THIN_SPACE}%
      </td>
    </tr>
  );
}

/** A share with what stands behind it; nothing seen is not zero. */
function ShareCell({ share, counts }: { share: Measurement; counts: { bad: number; of: number } }) {
  const { locale } = useReader();
  return (
    <td className="whitespace-nowrap pe-4 text-right tabular-nums">
      {counts.of === 0 ? (
        <span className="text-fg-3">no requests</span>
      ) : (
        <>
          <MeasurementView value={share} mark="none" />
          <span className="block text-xs text-fg-3">
            {formatCount(counts.bad, locale)} of {formatCount(counts.of, locale)}
          </span>
        </>
      )}
    </td>
  );
}

/** What "late" means here. */
function LateNote({ guard }: { guard: Guard }) {
  const { locale } = useReader();
  const { firstTokenAfterMs, wholeAfterMs } = guard;
  const text = (ms: number) => quantityText(formatLatency(ms, locale));
  if (firstTokenAfterMs === null && wholeAfterMs === null)
    return (
      <p className="mt-2 text-sm text-fg-3">
        Latency is not judged: the live version had fewer than 100 requests the day before, or it is an endpoint on
        other machines.
      </p>
    );
  return (
    <p className="mt-2 text-sm text-fg-3">
      Late means slower than the live version's p95 of the day before:
      {firstTokenAfterMs !== null && ` first token after ${text(firstTokenAfterMs)}`}
      {firstTokenAfterMs !== null && wholeAfterMs !== null && ","}
      {wholeAfterMs !== null && ` whole reply after ${text(wholeAfterMs)}`}.
    </p>
  );
}

function SignalChart({ guard, isOver }: { guard: Guard; isOver: boolean }) {
  const worst = guard.signals.find(({ isBreached }) => isBreached) ?? guard.signals[0];
  const [chosen, setChosen] = useState<GuardSignal["signal"] | null>(null);
  const signal = guard.signals.find((each) => each.signal === chosen) ?? worst;
  if (signal === undefined) return null;
  const options = guard.signals.map((each) => ({ key: each.signal, label: SIGNAL_WORDS[each.signal] }));
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <Segments label="Signal" options={options} value={signal.signal} onChange={setChosen} />
      <TimeChart
        chart={guardChart(guard, signal)}
        file={undefined}
        title="Guard"
        objective={{ value: signal.tolerance, label: "tolerated" }}
        formula={FORMULA}
        emptyHint="The chart starts when both versions have requests."
        {...(isOver ? {} : { intervalMs: REFRESH_MS })}
      />
    </div>
  );
}

/** How copies were answered, beside what the customer got; only counts exist. */
function Comparisons({ guard }: { guard: Guard }) {
  const { same, different, bothNone, notComparable } = guard.comparisons;
  const total = [same, different, bothNone, notComparable].reduce((sum, { value }) => sum + (value ?? 0), 0);
  if (total === 0 && guard.step?.phase !== "shadow") return null;
  return (
    <Card title="Shadow replies compared with live replies" aside={<ProvenanceMark origin={same} />}>
      <KeyValue
        columns={2}
        rows={[
          { label: "Same tools and arguments", value: <MeasurementView value={same} mark="none" /> },
          { label: "Other tools or arguments", value: <MeasurementView value={different} mark="none" /> },
          { label: "Neither called a tool", value: <MeasurementView value={bothNone} mark="none" /> },
          { label: "Not comparable", value: <MeasurementView value={notComparable} mark="none" /> },
        ]}
      />
      <p className="mt-2 text-sm text-fg-3">
        Counts only, no content. They do not affect the cutover, because sampled replies vary anyway.
      </p>
    </Card>
  );
}
