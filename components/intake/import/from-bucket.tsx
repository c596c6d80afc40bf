"use client";

import { LinkButton } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { FormSelect, FormText } from "../../ui/form/form-fields.tsx";
import { SubmitRow } from "../../ui/form/submit-row.tsx";
import { type ApiForm, useFormValues } from "../../ui/form/use-api-form.ts";
import { Skeleton } from "../../ui/skeleton.tsx";
import type { useApiList } from "../../ui/use-api.ts";
import { CHECK_FOLDERS, type ImportValues } from "./import-body.ts";

/** A folder of folders in a bucket whose key is kept under Settings. */
export function FromBucket({
  form,
  sources: { items, problem, retry },
}: {
  form: ApiForm<ImportValues>;
  sources: ReturnType<typeof useApiList<"GET /import-sources">>;
}) {
  const { sourceId } = useFormValues(form);
  if (items === undefined)
    return problem ? (
      <ErrorState problem={problem} onRetry={retry} size="inline" />
    ) : (
      <Skeleton className="h-40 w-full" />
    );
  const [first] = items;
  if (first === undefined)
    return (
      <EmptyState
        title="No import sources yet"
        action={<LinkButton href="/settings/sources">Add import source</LinkButton>}
      >
        An import source is a bucket with a key that may read it.
      </EmptyState>
    );
  const source = items.find(({ id }) => id === sourceId) ?? first;
  return (
    <>
      <FormSelect
        form={form}
        name="sourceId"
        proposed={first.id}
        errorsOf={["source.sourceId"]}
        label="Import source"
        hint={`s3://${source.bucket}/${source.prefix}`}
        options={items.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <FormText
        form={form}
        name="folder"
        errorsOf={["source", "path"]}
        label="Folder in it"
        optional
        hint="Below the source's prefix; it holds one folder for each tenant."
        spellCheck={false}
        className="font-mono"
      />
      <SubmitRow form={form} label={CHECK_FOLDERS} />
    </>
  );
}
