"use client";

import { useState } from "react";
import type { Suite, SuiteCase } from "#lib/evals/browser/suite-schema.ts";
import { Button } from "../ui/button.tsx";
import { ByPlace } from "../ui/by-place.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Field } from "../ui/field.tsx";
import { Input, Select, Textarea } from "../ui/input.tsx";
import { TextField } from "../ui/text-field.tsx";
import { notify } from "../ui/toast.tsx";
import { Checkbox } from "../ui/toggle.tsx";
import { useApiMutation } from "../ui/use-api.ts";
import { type CaseBody, type CaseDraft, draftOf, inputOf } from "./case-draft.ts";
import { ProblemList } from "./problem-list.tsx";
import { useCaseCheck } from "./use-case-check.ts";

function useCaseSave(suite: Suite, shown: SuiteCase | null, onDone: () => void) {
  const options = {
    alsoRefresh: ["suite-readiness"],
    onDone: () => {
      notify({ title: "Prompt saved", tone: "ok" });
      onDone();
    },
  };
  const add = useApiMutation("POST /suites/{suiteId}/cases", options);
  const put = useApiMutation("PUT /suites/{suiteId}/cases/{caseId}", options);
  const save = (body: CaseBody) => {
    const params = { suiteId: suite.id };
    const { generation } = suite;
    if (shown) put.run({ params: { ...params, caseId: shown.id }, generation, body });
    else add.run({ params, generation, body });
  };
  return { save, isPending: add.isPending || put.isPending, problem: add.problem ?? put.problem };
}

/** A prompt as a form; what is wrong with it is said while it is typed. */
export function CaseEditor({ suite, shown, onDone }: { suite: Suite; shown: SuiteCase | null; onDone: () => void }) {
  const [draft, setDraft] = useState<CaseDraft>(() => draftOf(shown));
  const change = (part: Partial<CaseDraft>) => setDraft({ ...draft, ...part });
  const read = inputOf(draft);
  const check = useCaseCheck(suite.id, "input" in read ? read.input : null);
  const { save, isPending, problem } = useCaseSave(suite, shown, onDone);
  const problems = "why" in read ? [read.why] : check.problems;
  return (
    <div className="flex flex-col gap-4">
      <TextField
        label="Category"
        hint="Lower-case words joined by _."
        value={draft.category}
        onChange={(category) => change({ category })}
      />
      <Messages draft={draft} onChange={change} />
      <JsonField
        label="Tools"
        hint="The tools array of the request, as JSON."
        rows={8}
        value={draft.tools}
        onChange={(tools) => change({ tools })}
      />
      <Calls draft={draft} onChange={change} />
      <Remarks draft={draft} onChange={change} />
      {problems.length > 0 && <ProblemList problems={problems} />}
      {problem && problem.errors.length === 0 && <ErrorState problem={problem} size="inline" />}
      {problem && problem.errors.length > 0 && problems.length === 0 && <ProblemList problems={problem.errors} />}
      <div className="flex gap-2">
        <Button
          variant="primary"
          pending={isPending}
          disabledReason={problems.length > 0 ? "Fix the marked fields first." : undefined}
          onClick={() => "input" in read && save(read.input)}
        >
          Save prompt
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </div>
  );
}

function JsonField({
  value,
  onChange,
  rows,
  ...field
}: {
  label: string;
  hint: string;
  optional?: boolean;
  rows: number;
  value: string;
  onChange: (text: string) => void;
}) {
  return (
    <Field {...field}>
      {(control) => (
        <Textarea
          {...control}
          rows={rows}
          spellCheck={false}
          className="w-full font-mono text-xs"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

function Remarks({ draft, onChange }: Part) {
  return (
    <>
      <JsonField
        label="Alternatives"
        optional
        hint='Other correct answers: [[{"name": …, "arguments": "{…}"}]].'
        rows={2}
        value={draft.alternatives}
        onChange={(alternatives) => onChange({ alternatives })}
      />
      <TextField label="Why it is correct" optional value={draft.reason} onChange={(reason) => onChange({ reason })} />
      <TextField
        label="Tags"
        optional
        hint="Separated by commas."
        value={draft.tags}
        onChange={(tags) => onChange({ tags })}
      />
      <Checkbox
        label="Held out"
        hint="The customer never sees it."
        checked={draft.holdOut}
        onChange={(event) => onChange({ holdOut: event.target.checked })}
      />
    </>
  );
}

type Part = { draft: CaseDraft; onChange: (part: Partial<CaseDraft>) => void };
const ROLES = ["system", "user", "assistant", "tool"] as const;

function Messages({ draft, onChange }: Part) {
  const { messages } = draft;
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">Conversation</legend>
      <ByPlace items={messages}>
        {(message, at) => {
          const set = (part: Partial<(typeof messages)[number]>) =>
            onChange({ messages: messages.with(at, { ...message, ...part }) });
          return (
            <div className="flex items-start gap-2">
              <Select
                aria-label={`Role of message ${at + 1}`}
                className="w-28 shrink-0"
                value={message.role}
                options={ROLES.map((role) => ({ value: role, label: role }))}
                onChange={(event) => set({ role: ROLES.find((role) => role === event.target.value) ?? "user" })}
              />
              <div className="min-w-0 grow">
                <Textarea
                  aria-label={`Message ${at + 1}`}
                  rows={3}
                  className="w-full"
                  value={message.content ?? ""}
                  onChange={(event) => set({ content: event.target.value })}
                />
                {(message.tool_calls ?? []).map((call) => (
                  <p key={call.id} className="break-words font-mono text-xs text-fg-2">
                    {call.function.name} {call.function.arguments}
                  </p>
                ))}
              </div>
              <Button size="sm" variant="ghost" onClick={() => onChange({ messages: messages.toSpliced(at, 1) })}>
                Remove<span className="sr-only"> message {at + 1}</span>
              </Button>
            </div>
          );
        }}
      </ByPlace>
      <div>
        <Button size="sm" onClick={() => onChange({ messages: [...messages, { role: "user", content: "" }] })}>
          Add message
        </Button>
      </div>
    </fieldset>
  );
}

function Calls({ draft, onChange }: Part) {
  const { calls } = draft;
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">Right answer</legend>
      {calls.length === 0 && <p className="text-sm text-fg-2">No call: the right answer calls no tool.</p>}
      <ByPlace items={calls}>
        {(call, at) => {
          const set = (part: Partial<(typeof calls)[number]>) =>
            onChange({ calls: calls.with(at, { ...call, ...part }) });
          return (
            <div className="flex flex-wrap items-start gap-2">
              <Input
                aria-label={`Tool of call ${at + 1}`}
                className="w-48 font-mono text-xs"
                value={call.name}
                onChange={(event) => set({ name: event.target.value })}
              />
              <Textarea
                aria-label={`Arguments of call ${at + 1}`}
                rows={2}
                spellCheck={false}
                className="min-w-0 grow font-mono text-xs"
                value={call.arguments}
                onChange={(event) => set({ arguments: event.target.value })}
              />
              <Button size="sm" variant="ghost" onClick={() => onChange({ calls: calls.toSpliced(at, 1) })}>
                Remove<span className="sr-only"> call {at + 1}</span>
              </Button>
            </div>
          );
        }}
      </ByPlace>
      <div>
        <Button size="sm" onClick={() => onChange({ calls: [...calls, { name: "", arguments: "{}" }] })}>
          Add call
        </Button>
      </div>
    </fieldset>
  );
}
