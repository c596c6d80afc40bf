"use client";

import { type FormEvent, useState } from "react";
import { FormProblem } from "#components/ui/form-problem.tsx";
import type { Problem } from "#lib/http/schema.ts";
import type { ImportSource } from "#lib/registry/browser/source-schema.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { fieldError } from "../ui/field-error.ts";
import { TextField } from "../ui/text-field.tsx";
import { notify } from "../ui/toast.tsx";
import { useApiMutation } from "../ui/use-api.ts";
import { changeOf, draftOf, type SourceDraft } from "./source-draft.ts";

const FIELDS = Object.keys(draftOf(null));
const FORM = "import-source";

/** Adds a bucket, or changes one; its secret is entered here and shown nowhere. */
export function SourceDialog({ source, onClose }: { source: ImportSource | null; onClose: () => void }) {
  const [draft, setDraft] = useState(() => draftOf(source));
  const done = (saved: ImportSource) => {
    notify({ title: source ? `${saved.name} saved` : `${saved.name} added. Test it before an import.` });
    onClose();
  };
  const create = useApiMutation("POST /import-sources", { onDone: done });
  const update = useApiMutation("PATCH /import-sources/{sourceId}", { onDone: done });
  const { problem, isPending } = source ? update : create;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (source === null) return create.run({ body: draft });
    const { id, generation } = source;
    update.run({ params: { sourceId: id }, generation, body: changeOf(source, draft) });
  };
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={source ? `Edit ${source.name}` : "Add import source"}
      description="A bucket in any S3-compatible store. Switchyard only lists and reads objects below the prefix."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={FORM} pending={isPending}>
            {source ? "Save changes" : "Add source"}
          </Button>
        </>
      }
    >
      <form id={FORM} onSubmit={submit} className="flex flex-col gap-4">
        <SourceFields draft={draft} onChange={setDraft} problem={problem} hasSecret={source !== null} />
        <FormProblem problem={problem} fields={FIELDS} />
      </form>
    </Dialog>
  );
}

function SourceFields({
  draft,
  onChange,
  problem,
  hasSecret,
}: {
  draft: SourceDraft;
  onChange: (draft: SourceDraft) => void;
  problem: Problem | null;
  hasSecret: boolean;
}) {
  const field = (key: keyof SourceDraft) => ({
    value: draft[key],
    onChange: (value: string) => onChange({ ...draft, [key]: value }),
    error: fieldError(problem, key),
  });
  return (
    <>
      <TextField label="Name" {...field("name")} autoFocus />
      <TextField
        label="Endpoint"
        hint="Such as https://s3.eu-central-1.amazonaws.com, or your store's own address. Without the bucket."
        inputMode="url"
        {...field("endpoint")}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label="Bucket" {...field("bucket")} />
        <TextField label="Region" {...field("region")} />
      </div>
      <TextField
        label="Prefix"
        optional
        hint="For example exports/adapters. Switchyard reads nothing outside it."
        {...field("prefix")}
      />
      <TextField label="Access key ID" {...field("accessKeyId")} />
      <TextField
        label="Secret access key"
        type="password"
        optional={hasSecret}
        hint={hasSecret ? "Leave empty to keep the stored one." : "Encrypted on arrival and never shown again."}
        {...field("secretAccessKey")}
      />
    </>
  );
}
