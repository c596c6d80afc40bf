"use client";

import type { AnswerChange } from "#lib/evals/browser/answer-change-schema.ts";
import { Button } from "../ui/button.tsx";
import { ByPlace } from "../ui/by-place.tsx";
import { Card } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { FieldDiff } from "../ui/field-diff.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { StatusShape } from "../ui/status.tsx";
import { useApiList } from "../ui/use-api.ts";
import { type Audience, differenceOf } from "./approval-words.ts";
import { unreadCalls } from "./unread-calls.ts";

type Sides = { before: string; now: string };

/** The customer's own prompts that answer differently, each with both answers beside the right one. */
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
  const differing = counts.worse + counts.otherwise + counts.better;
  return (
    <Card title="Answers that differ" aside={differing > 0 ? `${differing}` : undefined}>
      <p className="text-md text-fg-2">
        {differenceOf(counts, audience)}
        {differing > 0 && " Differences from the right answer are highlighted."}
      </p>
      <ul className="flex flex-col divide-y">
        {list.items?.map((change, at) => (
          <Change key={change.caseId} name={`Prompt ${at + 1}`} change={change} sides={sides} />
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

const CHANGES = {
  worse: { state: "bad", tone: "text-bad", word: "Worse" },
  otherwise: { state: "off", tone: "text-fg", word: "Wrong in another way" },
  better: { state: "ok", tone: "text-ok", word: "Better" },
} as const;

function Change({ name, change, sides }: { name: string; change: AnswerChange; sides: Sides }) {
  const { state, tone, word } = CHANGES[change.change];
  return (
    <li className="flex min-w-0 flex-col gap-2 py-4">
      <p className="flex flex-wrap items-center gap-x-2 text-sm text-fg-2">
        <StatusShape state={state} />
        <span className={`font-medium ${tone}`}>{word}</span>
        <span>
          {change.category.replaceAll("_", " ")}
          {change.mode === "sampled" && " · in answers drawn at random"}
        </span>
      </p>
      <p className="max-w-[72ch] whitespace-pre-wrap break-words text-md">{change.prompt}</p>
      <FieldDiff
        calls={change.compared}
        label={`${name}: right and actual answer`}
        right="Right answer"
        sides={[sides.before, sides.now]}
      />
      <Beside title={sides.before} side="baseline" change={change} />
      <Beside title={sides.now} side="candidate" change={change} />
    </li>
  );
}

/** What an answer says beside the calls that can be laid out: its words, and calls that cannot be read. */
function Beside({ title, side, change }: { title: string; side: "baseline" | "candidate"; change: AnswerChange }) {
  const answer = change[side];
  if (answer === null)
    return <p className="text-sm text-fg-3">{title}: unknown, there is no reply that can be read.</p>;
  return (
    <>
      <ByPlace items={unreadCalls(answer, change.compared, side)}>
        {(call) => (
          <p className="text-sm wrap-anywhere">
            <span className="text-fg-2">{title} called what cannot be read:</span>{" "}
            <code className="font-mono text-xs">
              {call.name} {call.arguments}
            </code>
          </p>
        )}
      </ByPlace>
      {answer.text && (
        <p className="text-sm break-words whitespace-pre-wrap">
          <span className="text-fg-2">{title} said:</span> {answer.text}
        </p>
      )}
    </>
  );
}
