"use client";

import { lazy, Suspense, useState } from "react";
import type { Suite, SuiteCase } from "#lib/evals/browser/suite-schema.ts";
import { Button } from "../ui/button.tsx";
import { callsText } from "../ui/calls-text.ts";
import { Conversation } from "../ui/conversation.tsx";
import { CopyBlock, CopyId } from "../ui/copy.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { notify } from "../ui/toast.tsx";
import { Switch } from "../ui/toggle.tsx";
import { useApiMutation } from "../ui/use-api.ts";

const CaseEditor = lazy(() => import("./case-editor.tsx").then((module) => ({ default: module.CaseEditor })));

const FINAL = "A run used this revision, so it is locked. Edit it as a new revision.";

/** One prompt in full, with its right answer; and its edits, while the suite may still change. */
export function CasePeek({ suite, shown, onGone }: { suite: Suite; shown: SuiteCase; onGone: () => void }) {
  const [isEditing, setEditing] = useState(false);
  if (isEditing)
    return (
      <Suspense fallback={<Skeleton className="h-96 w-full" />}>
        <CaseEditor suite={suite} shown={shown} onDone={() => setEditing(false)} />
      </Suspense>
    );
  return (
    <div className="flex flex-col gap-5">
      <Actions suite={suite} shown={shown} onEdit={() => setEditing(true)} onGone={onGone} />
      <Conversation messages={shown.messages} />
      <Answer shown={shown} />
      <KeyValue
        rows={[
          { label: "Key", value: shown.key },
          { label: "Id", value: <CopyId id={shown.id} /> },
          { label: "Tools", value: shown.tools.map((tool) => tool.function.name).join(", ") || "none" },
          { label: "Tags", value: shown.tags.join(", ") || "none" },
          ...(shown.template === null ? [] : [{ label: "Pattern", value: shown.template }]),
        ]}
      />
    </div>
  );
}

function Actions({
  suite,
  shown,
  onEdit,
  onGone,
}: {
  suite: Suite;
  shown: SuiteCase;
  onEdit: () => void;
  onGone: () => void;
}) {
  const denied = useDenied("eval.run") ?? (suite.isFinal ? FINAL : undefined);
  const hold = useApiMutation("POST /suites/{suiteId}/hold-out", { alsoRefresh: ["suite-readiness"] });
  const remove = useApiMutation("DELETE /suites/{suiteId}/cases/{caseId}", {
    alsoRefresh: ["suite-readiness"],
    onDone: () => {
      notify({ title: `Prompt ${shown.ordinal} removed`, tone: "ok" });
      onGone();
    },
  });
  const params = { suiteId: suite.id };
  const problem = hold.problem ?? remove.problem;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-3">
        <Switch
          label="Held out"
          hint="The customer never sees it."
          checked={shown.holdOut}
          disabled={denied !== undefined || hold.isPending}
          onChange={(event) =>
            hold.run({
              params,
              generation: suite.generation,
              body: { caseIds: [shown.id], holdOut: event.target.checked },
            })
          }
        />
        <div className="ms-auto flex gap-2">
          <Button disabledReason={denied} onClick={onEdit}>
            Edit prompt
          </Button>
          <Button
            variant="ghost"
            disabledReason={denied}
            pending={remove.isPending}
            onClick={() => remove.run({ params: { ...params, caseId: shown.id }, generation: suite.generation })}
          >
            Remove prompt
          </Button>
        </div>
      </div>
      {problem && <ErrorState problem={problem} size="inline" />}
    </div>
  );
}

function Answer({ shown }: { shown: SuiteCase }) {
  const { calls, alternatives, reason, matchers = {}, ignored = [] } = shown.expected;
  const rules = [
    ...Object.entries(matchers).map(([path, matcher]) => `${path}: ${matcher}`),
    ...ignored.map((path) => `${path}: ignore`),
  ];
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-md font-semibold">Right answer</h3>
      <CopyBlock text={callsText(calls)} label="Copy right answer" />
      {alternatives.map((other) => (
        <div key={callsText(other)} className="flex flex-col gap-1">
          <p className="text-sm text-fg-2">Also correct:</p>
          <CopyBlock text={callsText(other)} label="Copy alternative" />
        </div>
      ))}
      <p className="text-sm text-fg-2">Why: {reason || "not given"}.</p>
      {rules.length > 0 && <p className="text-sm text-fg-2">Compared by: {rules.join("; ")}.</p>}
    </section>
  );
}
