"use client";

import { Button } from "../ui/button.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { LINES, NUMBER } from "../ui/form/field-text.ts";
import { FormCheckbox, FormText, FormTextarea } from "../ui/form/form-fields.tsx";
import { type ApiForm, useApiForm } from "../ui/form/use-api-form.ts";
import { useReader } from "../ui/reader.tsx";
import { notify } from "../ui/toast.tsx";
import { useApiMutation } from "../ui/use-api.ts";
import { consentOf, MEND } from "./consent-fields.ts";
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
  const denied = useReader().may.includes("recording.allow") ? undefined : VIEWER;
  const allow = useApiMutation("POST /adapters/{adapterId}/recording", {
    onDone: () => {
      notify({ title: "Recording allowed", tone: "ok" });
      onCancel?.();
    },
  });
  const form = useApiForm({
    start: consentOf(words),
    denied,
    callOf: (body) => ({
      schema: async () => (await import("#lib/evals/browser/recording-schema.ts")).StartRecording,
      body,
      send: () => allow.runAsync({ params: { adapterId }, body: { ...body, agreed: true } }),
    }),
  });
  return (
    <form onSubmit={form.submit} className="flex flex-col gap-6" noValidate>
      <WhatIsKept />
      <ConsentFields form={form} />
      <FormCheckbox
        form={form}
        name="agreed"
        label="We allow this"
        hint="Some of our requests may be recorded, redacted as described, and used for tests."
        mend="Tick the box to allow recording."
      />
      {form.problem && <ErrorState problem={form.problem} size="inline" />}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Button type="submit" variant="primary" pending={form.isSending} disabledReason={denied}>
          Allow recording
        </Button>
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
        {denied && <p className="text-sm text-fg-2">{denied}</p>}
      </div>
    </form>
  );
}

function ConsentFields({ form }: { form: ApiForm<ReturnType<typeof consentOf>> }) {
  const number = { form, as: NUMBER, inputMode: "numeric" } as const;
  return (
    <div className="flex max-w-160 flex-col gap-4">
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
        <FormText
          {...number}
          name="perCent"
          label="Share of requests, %"
          hint="Selected at random."
          mend={MEND.perCent}
        />
        <FormText {...number} name="days" label="Days" hint="Recording ends after this time." mend={MEND.days} />
        <FormText
          {...number}
          name="most"
          label="Maximum recorded requests"
          hint="Recording ends at this number."
          mend={MEND.most}
        />
      </div>
      <FormTextarea
        form={form}
        name="words"
        as={LINES}
        label="Words to replace"
        optional
        hint="One per line, such as names of people, companies and products. Not case-sensitive."
        mend={MEND.words}
        rows={4}
        spellCheck={false}
      />
    </div>
  );
}
