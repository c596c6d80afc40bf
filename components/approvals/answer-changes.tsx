"use client";

import type { Answer, AnswerChange } from "#lib/evals/browser/answer-change-schema.ts";
import { Button } from "../ui/button.tsx";
import { ByPlace } from "../ui/by-place.tsx";
import { Card } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { StatusShape } from "../ui/status.tsx";
import { useApiList } from "../ui/use-api.ts";
import { type Audience, differenceOf } from "./approval-words.ts";

type Sides = { before: string; now: string };

/** The customer's own prompts that answer differently, each with both answers and the right one. */
export function AnswerChanges({
  approvalId,
  audience,
  sides,
}: {
  approvalId: string;
  audience: Audience;
  sides: Sides;
}) {
  const list = useApiList("GET /approvals/{approvalId}/answers", { params: { approvalId }, query: {} });
  const counts = list.firstPage?.counts;
  if (!counts) {
    if (list.problem) return <ErrorState problem={list.problem} onRetry={list.retry} />;
    return <Skeleton className="h-40 w-full" />;
  }
  return (
    <Card title="Answers that differ" aside={list.items?.length ? `${counts.worse + counts.better}` : undefined}>
      <p className="text-md text-fg-2">{differenceOf(counts, audience)}</p>
      <ul className="flex flex-col divide-y">
        {list.items?.map((change) => (
          <Change key={change.caseId} change={change} sides={sides} />
        ))}
      </ul>
      {list.hasMore && (
        <Button className="mt-3" pending={list.isLoadingMore} onClick={list.loadMore}>
          Show more
        </Button>
      )}
      {list.problem && <ErrorState problem={list.problem} onRetry={list.retry} size="inline" />}
    </Card>
  );
}

function Change({ change, sides }: { change: AnswerChange; sides: Sides }) {
  const isWorse = change.change === "worse";
  return (
    <li className="flex min-w-0 flex-col gap-2 py-4">
      <p className="flex flex-wrap items-center gap-x-2 text-sm text-fg-2">
        <StatusShape state={isWorse ? "bad" : "ok"} />
        <span className={isWorse ? "font-medium text-bad" : "font-medium text-ok"}>{isWorse ? "Worse" : "Better"}</span>
        <span>
          {change.category.replaceAll("_", " ")}
          {change.mode === "sampled" && " · in answers drawn at random"}
        </span>
      </p>
      <p className="max-w-[72ch] whitespace-pre-wrap break-words text-md">{change.prompt}</p>
      <div className="grid min-w-0 gap-2 md:grid-cols-3">
        <AnswerBox title={sides.before} answer={change.baseline} />
        <AnswerBox title={sides.now} answer={change.candidate} />
        <AnswerBox title="Right answer" answer={change.expected} isQuiet />
      </div>
    </li>
  );
}

function AnswerBox({ title, answer, isQuiet = false }: { title: string; answer: Answer | null; isQuiet?: boolean }) {
  return (
    <section aria-label={title} className={`min-w-0 rounded-control border p-2.5 ${isQuiet ? "bg-sub" : ""}`}>
      <p className="text-xs text-fg-3">{title}</p>
      {answer === null ? (
        <p className="text-sm text-fg-3">Unknown: there is no reply that can be read.</p>
      ) : (
        <>
          {answer.calls.length === 0 && <p className="text-sm">Calls no tool</p>}
          <ByPlace items={answer.calls}>
            {(call) => (
              <div className="min-w-0">
                <p className="break-words font-mono text-sm font-medium">{call.name}</p>
                <pre className="whitespace-pre-wrap break-words font-mono text-xs text-fg-2">
                  {pretty(call.arguments)}
                </pre>
              </div>
            )}
          </ByPlace>
          {answer.text && <p className="mt-1 whitespace-pre-wrap break-words text-sm text-fg-2">{answer.text}</p>}
        </>
      )}
    </section>
  );
}

/** A line a value. Numbers beyond what a double holds stay as they came, so only plain ones are laid out anew. */
function pretty(text: string): string {
  try {
    return /\d{16}/.test(text) ? text : JSON.stringify(JSON.parse(text), null, 1);
  } catch {
    return text;
  }
}
