"use client";

import type { CreateImportSource, ImportSource } from "#lib/registry/browser/source-schema.ts";
import { changedFields } from "../ui/form/changed-fields.ts";
import { EditDialog } from "../ui/form/edit-dialog.tsx";
import { FormText } from "../ui/form/form-fields.tsx";
import { type ApiForm, type FormCall, useApiForm } from "../ui/form/use-api-form.ts";
import { notify } from "../ui/toast.tsx";
import { useApiMutation } from "../ui/use-api.ts";

/** The secret is never read back, so an empty one keeps what is stored. */
const valuesOf = (source: ImportSource | null): CreateImportSource => ({
  name: source?.name ?? "",
  endpoint: source?.endpoint ?? "",
  region: source?.region ?? "us-east-1",
  bucket: source?.bucket ?? "",
  prefix: source?.prefix ?? "",
  accessKeyId: source?.accessKeyId ?? "",
  secretAccessKey: "",
});

/** Adds a bucket, or changes one; its secret is entered here and shown nowhere. */
export function SourceDialog({ source, onClose }: { source: ImportSource | null; onClose: () => void }) {
  const form = useSourceForm(source, onClose);
  return (
    <EditDialog
      form={form}
      onClose={onClose}
      title={source ? `Edit ${source.name}` : "Add import source"}
      description="A bucket in any S3-compatible store. Switchyard only lists and reads objects below the prefix."
      submitLabel={source ? "Save changes" : "Add source"}
    >
      <SourceFields form={form} hasSecret={source !== null} />
    </EditDialog>
  );
}

function useSourceForm(source: ImportSource | null, onClose: () => void) {
  const done = (saved: ImportSource) => {
    notify({ title: source ? `${saved.name} saved` : `${saved.name} added. Test it before an import.` });
    onClose();
  };
  const create = useApiMutation("POST /import-sources", { onDone: done });
  const update = useApiMutation("PATCH /import-sources/{sourceId}", { onDone: done });
  const schemas = () => import("#lib/registry/browser/source-schema.ts");
  const start = valuesOf(source);
  const callOf = (values: CreateImportSource): FormCall => {
    if (source === null)
      return {
        schema: async () => (await schemas()).CreateImportSource,
        body: values,
        send: () => create.runAsync({ body: values }),
      };
    const { id, generation } = source;
    const body = changedFields(start, values);
    return {
      schema: async () => (await schemas()).UpdateImportSource,
      body,
      send: () => update.runAsync({ params: { sourceId: id }, generation, body }),
    };
  };
  return useApiForm({ start, callOf });
}

function SourceFields({ form, hasSecret }: { form: ApiForm<CreateImportSource>; hasSecret: boolean }) {
  return (
    <>
      <FormText form={form} name="name" label="Name" autoFocus />
      <FormText
        form={form}
        name="endpoint"
        label="Endpoint"
        hint="Such as https://s3.eu-central-1.amazonaws.com, or your store's own address. Without the bucket."
        inputMode="url"
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <FormText form={form} name="bucket" label="Bucket" />
        <FormText form={form} name="region" label="Region" />
      </div>
      <FormText
        form={form}
        name="prefix"
        label="Prefix"
        optional
        hint="For example exports/adapters. Switchyard reads nothing outside it."
      />
      <FormText form={form} name="accessKeyId" label="Access key ID" />
      <FormText
        form={form}
        name="secretAccessKey"
        label="Secret access key"
        type="password"
        optional={hasSecret}
        hint={hasSecret ? "Leave empty to keep the stored one." : "Encrypted on arrival and never shown again."}
      />
    </>
  );
}
