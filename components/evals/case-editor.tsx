"use client";

import type { CaseInput, Suite, SuiteCase } from "#lib/evals/browser/suite-schema.ts";
import { Button } from "../ui/button.tsx";
import { COMMAS, PROPOSED_TEXT } from "../ui/form/field-text.ts";
import { FormCheckbox, FormSelect, FormText, FormTextarea } from "../ui/form/form-fields.tsx";
import { SubmitRow } from "../ui/form/submit-row.tsx";
import { type ApiForm, useApiForm } from "../ui/form/use-api-form.ts";
import { notify } from "../ui/toast.tsx";
import { useApiMutation } from "../ui/use-api.ts";
import { FormRows } from "./form-rows.tsx";
import { FormJson } from "./json-field.tsx";
import { useCaseCheck } from "./use-case-check.ts";

const NEW: CaseInput = {
  category: "by_hand",
  holdOut: false,
  tags: [],
  messages: [{ role: "user", content: "" }],
  tools: [],
  expected: { calls: [], alternatives: [], reason: "" },
};

/** What of a prompt is sent; what the form does not show stays as it was. */
const inputOf = ({ category, holdOut, tags, messages, tools, expected }: CaseInput): CaseInput => ({
  ...{ category, holdOut, tags, messages, tools, expected },
});

function useCaseForm(suite: Suite, shown: SuiteCase | null, onDone: () => void) {
  const options = {
    alsoRefresh: ["suite-readiness"],
    onDone: () => {
      notify({ title: "Prompt saved", tone: "ok" });
      onDone();
    },
  };
  const add = useApiMutation("POST /suites/{suiteId}/cases", options);
  const put = useApiMutation("PUT /suites/{suiteId}/cases/{caseId}", options);
  const { id: suiteId, generation } = suite;
  const form = useApiForm<CaseInput>({
    start: inputOf(shown ?? NEW),
    callOf: (body) => ({
      schema: async () => (await import("#lib/evals/browser/suite-schema.ts")).CaseInput,
      body,
      send: () =>
        shown
          ? put.runAsync({ params: { suiteId, caseId: shown.id }, generation, body })
          : add.runAsync({ params: { suiteId }, generation, body }),
    }),
  });
  return useCaseCheck(suiteId, form);
}

/** A prompt as a form; what is wrong with it is said while it is typed. */
export function CaseEditor({ suite, shown, onDone }: { suite: Suite; shown: SuiteCase | null; onDone: () => void }) {
  const form = useCaseForm(suite, shown, onDone);
  return (
    <form onSubmit={form.submit} className="flex flex-col gap-4" noValidate>
      <FormText form={form} name="category" label="Category" hint="Lower-case words joined by _." />
      <Messages form={form} />
      <FormJson form={form} name="tools" label="Tools" hint="The tools array of the request, as JSON." rows={8} />
      <Calls form={form} />
      <FormJson
        form={form}
        name="expected.alternatives"
        label="Alternatives"
        optional
        hint='Other correct answers: [[{"name": …, "arguments": "{…}"}]].'
        rows={2}
      />
      <FormText form={form} name="expected.reason" label="Why it is correct" optional />
      <FormText form={form} name="tags" as={COMMAS} label="Tags" optional hint="Separated by commas." />
      <FormCheckbox form={form} name="holdOut" label="Held out" hint="The customer never sees it." />
      <SubmitRow form={form} label="Save prompt">
        <Button onClick={onDone}>Cancel</Button>
      </SubmitRow>
    </form>
  );
}

type Part = { form: ApiForm<CaseInput> };
const ROLES = (["system", "user", "assistant", "tool"] as const).map((value) => ({ value, label: value }));

function Messages({ form }: Part) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">Conversation</legend>
      <FormRows form={form} name="messages" one="message" added={{ role: "user", content: "" }}>
        {(at, { tool_calls = [] }) => (
          <>
            <FormSelect
              form={form}
              name={`messages.${at}.role`}
              label={`Role of message ${at + 1}`}
              isLabelHidden
              className="w-28 shrink-0"
              options={ROLES}
            />
            <div className="min-w-48 grow basis-0">
              <FormTextarea
                form={form}
                name={`messages.${at}.content`}
                as={PROPOSED_TEXT}
                label={`Message ${at + 1}`}
                isLabelHidden
                rows={3}
                className="w-full"
              />
              {tool_calls.map((call) => (
                <p key={call.id} className="break-words font-mono text-xs text-fg-2">
                  {call.function.name} {call.function.arguments}
                </p>
              ))}
            </div>
          </>
        )}
      </FormRows>
    </fieldset>
  );
}

function Calls({ form }: Part) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">Right answer</legend>
      <FormRows
        form={form}
        name="expected.calls"
        one="call"
        empty="No call: the right answer calls no tool."
        added={{ name: "", arguments: "{}" }}
      >
        {(at) => (
          <>
            <FormText
              form={form}
              name={`expected.calls.${at}.name`}
              label={`Tool of call ${at + 1}`}
              isLabelHidden
              className="w-48 font-mono text-xs"
            />
            <div className="min-w-48 grow basis-0">
              <FormTextarea
                form={form}
                name={`expected.calls.${at}.arguments`}
                label={`Arguments of call ${at + 1}`}
                isLabelHidden
                rows={2}
                spellCheck={false}
                className="w-full font-mono text-xs"
              />
            </div>
          </>
        )}
      </FormRows>
    </fieldset>
  );
}
