"use client";

import type { ReactNode } from "react";
import type { Measurement } from "#lib/http/schema.ts";
import { TextLink } from "../ui/button.tsx";
import { ByPlace } from "../ui/by-place.tsx";
import { CopyId } from "../ui/copy.tsx";
import { formatCount, formatLatency, quantityText } from "../ui/format.ts";
import { KeyValue } from "../ui/key-value.tsx";
import { MeasurementView } from "../ui/measurement.tsx";
import { useReader } from "../ui/reader.tsx";
import { ScrollRegion } from "../ui/scroll-region.tsx";
import { type Stage, StageBar } from "../ui/stage-bar.tsx";
import { StatusShape } from "../ui/status.tsx";
import type { StateRole } from "../ui/status-words.ts";
import { type Audience, fallbackReasonWords, viaWords } from "../ui/via-words.ts";
import { headerOf, type Trial, type TrialProblem } from "./trial.ts";

type ViewProps = { trial: Trial; audience: Audience };

/** What came back so far: who answers, what it says, how long each part took, and the headers. */
export function TrialView({ trial, audience }: ViewProps) {
  return (
    <section aria-label="Response" className="flex flex-col gap-4 border-t pt-4">
      <Verdict trial={trial} audience={audience} />
      {trial.problem && (
        <Refusal problem={trial.problem} isOfGateway={trial.head !== null && trial.head.status !== 200} />
      )}
      {(trial.output.length > 0 || trial.phase === "running") && <Output trial={trial} />}
      {trial.end && <Timings trial={trial} />}
      {trial.head && trial.head.headers.length > 0 && (
        <div className="flex flex-col gap-2">
          <h3 className="text-sm font-medium">Headers of the reply</h3>
          <KeyValue
            rows={trial.head.headers.map(({ name, value }) => ({
              label: name,
              value: <HeaderValue name={name} value={value} />,
            }))}
          />
        </div>
      )}
    </section>
  );
}

const HeaderValue = ({ name, value }: { name: string; value: string }) =>
  name === "x-request-id" ? (
    <CopyId id={value} label="request id" />
  ) : (
    <code className="font-mono text-xs">{value}</code>
  );

/** One sentence, announced when it changes, and the way to the request's own page. */
function Verdict({ trial, audience }: ViewProps) {
  const { locale } = useReader();
  const id = headerOf(trial, "x-request-id");
  const [state, sentence] = verdictOf(trial, audience, (ms) => quantityText(formatLatency(ms, locale)));
  const root = audience === "customer" ? "/portal/requests" : "/requests";
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-md">
      <p role="status" className="inline-flex min-w-0 items-center gap-2 font-medium">
        <StatusShape state={state} />
        {sentence}
      </p>
      {id && trial.phase !== "running" && <TextLink href={`${root}/${id}`}>Open this request</TextLink>}
    </div>
  );
}

function verdictOf(trial: Trial, audience: Audience, latency: (ms: number) => string): [StateRole, ReactNode] {
  const { head, phase, problem } = trial;
  if (problem) return ["bad", head && head.status !== 200 ? `Refused with status ${head.status}` : "Not answered"];
  if (head === null)
    return phase === "stopped" ? ["off", "Stopped before an answer"] : ["busy", "Waiting for the gateway"];
  const version = headerOf(trial, "x-switchyard-version");
  const node = headerOf(trial, "x-switchyard-served-by");
  const via = headerOf(trial, "x-switchyard-via");
  const reason = headerOf(trial, "x-switchyard-fallback-reason");
  const isOwn = via === "primary" || via === null;
  const by = isOwn
    ? version === null
      ? ""
      : ` by ${audience === "customer" ? "version " : "v"}${version.replace(/^v/, "")}`
    : ` by ${viaWords(via, audience)}`;
  const why = reason === null ? "" : ` because ${fallbackReasonWords(reason, audience)}`;
  const what = `${by}${node === null ? "" : ` on ${node}`}${why}`;
  if (phase === "running") return ["busy", `Being answered${what}`];
  if (phase === "stopped") return ["off", `Stopped while answered${what}`];
  return [isOwn ? "ok" : "warn", `Answered${what} in ${latency(trial.atMs)}`];
}

function Refusal({
  problem,
  isOfGateway,
}: {
  problem: TrialProblem /** Its codes are explained in the help. */;
  isOfGateway: boolean;
}) {
  return (
    <div role="alert" className="flex flex-col gap-1 rounded-control bg-bad-tint px-3 py-2.5 text-md">
      <p>{problem.detail}</p>
      {problem.fix && <p>{problem.fix}</p>}
      <p className="text-sm">
        <code className="font-mono text-xs">{problem.code}</code>{" "}
        {isOfGateway && <TextLink href={`/help/errors#${problem.code}`}>What this means</TextLink>}
      </p>
    </div>
  );
}

function Output({ trial }: { trial: Trial }) {
  return (
    <ScrollRegion
      label="Answer"
      className="max-h-80 min-h-20 overflow-y-auto rounded-control border bg-sub px-3 py-2 text-md whitespace-pre-wrap"
    >
      {trial.output.length === 0 && <span className="text-fg-3">Nothing yet.</span>}
      <ByPlace items={trial.output}>
        {({ kind, text }) =>
          kind === "text" ? (
            <span>{text}</span>
          ) : (
            <span className="my-1 block rounded-control border bg-bg px-2 py-1">
              <span className="block text-xs text-fg-3">Calls a tool</span>
              <code className="font-mono text-xs">{text}</code>
            </span>
          )
        }
      </ByPlace>
    </ScrollRegion>
  );
}

/** In less, a rate says more about how pieces were packed than about the node. */
const SHORTEST_MS = 50;

/** Times as the console saw them, tokens as the answer counts them. */
function Timings({ trial: { head, end, chunks }, trial }: { trial: Trial }) {
  const { locale } = useReader();
  if (head === null || end === null) return null;
  const simulated = headerOf(trial, "x-switchyard-simulated") === "1";
  const make = (value: number | null, unit = "ms"): Measurement => ({
    value: value === null ? null : Math.max(0, value),
    unit,
    source: "measured",
    simulated,
    asOf: null,
    coverage: null,
  });
  const first = end.ttftMs ?? end.totalMs;
  const stages: Stage[] = [
    { key: "gateway", label: "Until the status came", time: make(head.atMs) },
    { key: "prefill", label: "Until the first piece", time: make(first - head.atMs) },
    { key: "decode", label: "The rest of the answer", time: make(end.totalMs - first) },
  ];
  const restMs = end.totalMs - first;
  const { tokens } = end;
  const speed = tokens && chunks > 1 && restMs >= SHORTEST_MS ? ((tokens.completion - 1) / restMs) * 1000 : null;
  return (
    <div className="grid gap-x-8 gap-y-4 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <StageBar label="Time, measured by this console" stages={stages} />
      <KeyValue
        rows={[
          { label: "Tokens in", value: <MeasurementView value={make(tokens?.prompt ?? null, "count")} /> },
          { label: "Tokens out", value: <MeasurementView value={make(tokens?.completion ?? null, "count")} /> },
          { label: "Speed", value: <MeasurementView value={make(speed, "tok/s")} /> },
          { label: "Pieces", value: formatCount(chunks, locale) },
        ]}
      />
    </div>
  );
}
