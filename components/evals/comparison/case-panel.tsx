"use client";

import { useEffect } from "react";
import type { CaseResult, DecodingMode } from "#lib/evals/schema.ts";
import { Button } from "../../ui/button.tsx";
import { Conversation } from "../../ui/conversation.tsx";
import { Sheet } from "../../ui/dialog.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { FieldDiff } from "../../ui/field-diff.tsx";
import { useReader } from "../../ui/reader.tsx";
import { ScrollRegion } from "../../ui/scroll-region.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useApi } from "../../ui/use-api.ts";
import { RawTakes } from "./raw-takes.tsx";
import { TakeStrip } from "./take-strip.tsx";

type Steps = { next: (() => void) | null; previous: (() => void) | null };

/** One prompt of a run: what was asked, what differs, and every reply. j and k go on to the next and back. */
export function CasePanel({
  runId,
  caseId,
  steps,
  onClose,
}: {
  runId: string;
  caseId: string | null;
  steps: Steps;
  onClose: () => void;
}) {
  const { preferences } = useReader();
  useStepKeys(caseId !== null && preferences.shortcuts, steps);
  const read = useApi(
    "GET /runs/{runId}/samples/{caseId}",
    { params: { runId, caseId: caseId ?? "" } },
    { enabled: caseId !== null },
  );
  // the panel keeps what it showed while it slides away
  const result = read.data?.caseId === caseId || caseId === null ? read.data : undefined;
  return (
    <Sheet
      open={caseId !== null}
      onOpenChange={(open) => !open && onClose()}
      title={result ? `Prompt ${result.ordinal}` : "Prompt"}
      description={result?.category.replaceAll("_", " ")}
      size="lg"
      footer={
        <>
          <Button
            disabledReason={steps.previous ? undefined : "This is the first prompt."}
            shortcut="k"
            onClick={() => steps.previous?.()}
          >
            Previous prompt
          </Button>
          <Button
            disabledReason={steps.next ? undefined : "This is the last prompt."}
            shortcut="j"
            onClick={() => steps.next?.()}
          >
            Next prompt
          </Button>
        </>
      }
    >
      {result ? (
        <Content result={result} />
      ) : read.problem ? (
        <ErrorState problem={read.problem} onRetry={read.retry} />
      ) : (
        <Skeleton className="h-96 w-full" />
      )}
    </Sheet>
  );
}

function useStepKeys(isEnabled: boolean, { next, previous }: Steps): void {
  useEffect(() => {
    if (!isEnabled) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey) return;
      if (event.key === "j") next?.();
      if (event.key === "k") previous?.();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [isEnabled, next, previous]);
}

/** What got worse is read first. */
const inOrder = ({ modes }: CaseResult): DecodingMode[] =>
  !modes.greedy.regressed && modes.sampled.regressed ? ["sampled", "greedy"] : ["greedy", "sampled"];

function Content({ result }: { result: CaseResult }) {
  return (
    <div className="flex flex-col gap-6">
      <section className="flex flex-col gap-1.5">
        <p className="text-md whitespace-pre-wrap">{result.prompt}</p>
        <p className="text-sm text-fg-2">{result.case.expected.reason}</p>
      </section>
      {inOrder(result).map((mode) => (
        <Mode key={mode} mode={mode} pair={result.modes[mode]} />
      ))}
      <Asked result={result} />
    </div>
  );
}

const MODE_WORD: Record<DecodingMode, string> = { greedy: "Greedy", sampled: "Sampled" };

function Mode({ mode, pair }: { mode: DecodingMode; pair: CaseResult["modes"]["greedy"] }) {
  const word = MODE_WORD[mode];
  const { baselineTake, candidateTake, calls } = pair.compared;
  const sides = [
    ["Baseline", pair.baseline],
    ["Candidate", pair.candidate],
    ["Baseline again", pair.baselineRepeat],
  ] as const;
  return (
    <section aria-label={word} className="flex flex-col gap-3">
      <h3 className="flex flex-wrap items-baseline gap-x-3 text-lg font-semibold">
        {word}
        <span className="text-sm font-normal text-fg-2">{changeOf(pair)}</span>
      </h3>
      <dl className="flex flex-wrap gap-x-6 gap-y-1 text-sm">
        {sides.map(([side, takes]) => (
          <div key={side} className="flex items-center gap-2">
            <dt className="text-fg-2">{side}</dt>
            <dd>
              <TakeStrip side={`${word}, ${side.toLowerCase()}`} statuses={takes.map(({ status }) => status)} />
            </dd>
          </div>
        ))}
      </dl>
      {candidateTake === null && baselineTake === null ? (
        <p className="text-sm text-fg-2">No reply to compare yet.</p>
      ) : (
        <>
          <FieldDiff calls={calls} label={`${word}: arguments`} />
          <p className="text-xs text-fg-3">
            Baseline: {takeWord(baselineTake)}. Candidate: {takeWord(candidateTake)}. Values are shown after
            normalisation.
          </p>
        </>
      )}
      <details className="text-sm">
        <summary className="cursor-pointer text-accent">Every reply</summary>
        <div className="mt-2 flex flex-col gap-4">
          {sides.map(([side, takes]) => (
            <RawTakes key={side} side={side} takes={takes} />
          ))}
        </div>
      </details>
    </section>
  );
}

const takeWord = (take: number | null): string => (take === null ? "no reply" : `take ${take}`);

function changeOf(pair: CaseResult["modes"]["greedy"]): string {
  if (pair.confirmed) return "Regressed, confirmed by reruns";
  if (pair.regressed) return "Regressed";
  if (pair.improved) return "Improved";
  return pair.flaked ? "Flaky" : "No change";
}

/** The whole conversation and the tools, as they were sent. */
function Asked({ result }: { result: CaseResult }) {
  const { messages, tools } = result.case;
  return (
    <>
      <details className="text-sm">
        <summary className="cursor-pointer text-accent">The conversation, {messages.length} messages</summary>
        <div className="mt-2">
          <Conversation messages={messages} />
        </div>
      </details>
      <details className="text-sm">
        <summary className="cursor-pointer text-accent">Tools offered, {tools.length}</summary>
        <ul className="mt-2 flex flex-col gap-2">
          {tools.map(({ function: tool }) => (
            <li key={tool.name} className="rounded-card border px-2 py-1.5">
              <code className="font-mono text-xs">{tool.name}</code>
              <p className="text-fg-2">{tool.description}</p>
              <ScrollRegion label={`Parameters of ${tool.name}`} className="max-h-48 overflow-auto">
                <pre className="font-mono text-xs">{JSON.stringify(tool.parameters, null, 2)}</pre>
              </ScrollRegion>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
