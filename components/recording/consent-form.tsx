"use client";

import { type FormEvent, useState } from "react";
import type { Problem } from "#lib/http/schema.ts";
import { Button } from "../ui/button.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Field } from "../ui/field.tsx";
import { Textarea } from "../ui/input.tsx";
import { useReader } from "../ui/reader.tsx";
import { TextField } from "../ui/text-field.tsx";
import { notify } from "../ui/toast.tsx";
import { Checkbox } from "../ui/toggle.tsx";
import { useApiMutation } from "../ui/use-api.ts";
import { type ConsentDraft, consentError, consentOf, draftOf, isPlaced } from "./consent-draft.ts";
import { WhatIsKept } from "./what-is-kept.tsx";

const VIEWER = "Only an admin of your company can allow this. You can view the recorded requests.";

/** What recording does, how much of it, and the customer's word that it may. */
export function ConsentForm({
  adapterId,
  words,
  onCancel,
}: {
  adapterId: string;
  /** Of the recording before. */
  words: readonly string[];
  /** Where there is something to go back to. */
  onCancel?: () => void;
}) {
  const [draft, setDraft] = useState(() => draftOf(words));
  const [isAgreed, setAgreed] = useState(false);
  const denied = useReader().may.includes("recording.allow") ? undefined : VIEWER;
  const allow = useApiMutation("POST /adapters/{adapterId}/recording", {
    onDone: () => {
      notify({ title: "Recording allowed", tone: "ok" });
      onCancel?.();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    allow.run({ params: { adapterId }, body: consentOf(draft) });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-6" noValidate>
      <WhatIsKept />
      <ConsentFields draft={draft} onChange={setDraft} problem={allow.problem} disabled={denied !== undefined} />
      <Checkbox
        label="We allow this"
        hint="Some of our requests may be recorded, redacted as described, and used for tests."
        checked={isAgreed}
        disabled={denied !== undefined}
        onChange={(event) => setAgreed(event.target.checked)}
      />
      {allow.problem && !isPlaced(allow.problem) && <ErrorState problem={allow.problem} size="inline" />}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Button
          type="submit"
          variant="primary"
          pending={allow.isPending}
          disabledReason={denied ?? (isAgreed ? undefined : "Tick the box first.")}
        >
          Allow recording
        </Button>
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
        {denied && <p className="text-sm text-fg-2">{denied}</p>}
      </div>
    </form>
  );
}

function ConsentFields({
  draft,
  onChange,
  problem,
  disabled,
}: {
  draft: ConsentDraft;
  onChange: (draft: ConsentDraft) => void;
  problem: Problem | null;
  disabled: boolean;
}) {
  const number = (field: "perCent" | "days" | "most") => ({
    inputMode: "numeric" as const,
    disabled,
    value: draft[field],
    onChange: (text: string) => onChange({ ...draft, [field]: text }),
    error: consentError(problem, field),
  });
  return (
    <div className="flex max-w-160 flex-col gap-4">
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
        <TextField label="Share of requests, %" hint="Selected at random." {...number("perCent")} />
        <TextField label="Days" hint="Recording ends after this time." {...number("days")} />
        <TextField label="Maximum recorded requests" hint="Recording ends at this number." {...number("most")} />
      </div>
      <Field
        label="Words to replace"
        optional
        hint="One per line, such as names of people, companies and products. Not case-sensitive."
        error={consentError(problem, "words")}
      >
        {(control) => (
          <Textarea
            {...control}
            rows={4}
            spellCheck={false}
            disabled={disabled}
            value={draft.words}
            onChange={(event) => onChange({ ...draft, words: event.target.value })}
          />
        )}
      </Field>
    </div>
  );
}
