"use client";

import { useState } from "react";
import { LinkButton } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { Field } from "../../ui/field.tsx";
import { fieldError } from "../../ui/field-error.ts";
import { Select } from "../../ui/input.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useApiList } from "../../ui/use-api.ts";
import type { StartProps } from "./import-start.tsx";
import { StartForm } from "./start-form.tsx";
import { useStart } from "./use-start.ts";

/** A folder of folders in a bucket whose key is kept under Settings. */
export function FromBucket({ pool, adapterName, denied, onMade }: StartProps) {
  const sources = useApiList("GET /import-sources", { query: { limit: 200 } });
  const [chosen, setChosen] = useState<string | null>(null);
  const [path, setPath] = useState("");
  const { start, isPending, problem } = useStart();
  if (sources.items === undefined)
    return sources.problem ? (
      <ErrorState problem={sources.problem} onRetry={sources.retry} size="inline" />
    ) : (
      <Skeleton className="h-40 w-full" />
    );
  const source = sources.items.find(({ id }) => id === chosen) ?? sources.items[0];
  if (source === undefined)
    return (
      <EmptyState
        title="No import sources yet"
        action={<LinkButton href="/settings/sources">Add import source</LinkButton>}
      >
        An import source is a bucket with a key that may read it.
      </EmptyState>
    );
  const error = fieldError(problem, "path") ?? fieldError(problem, "source");
  const begin = async () => {
    const from = { sourceId: source.id, path: path.trim().replace(/\/+$/, "") };
    const made = await start({ kind: "bucket", poolId: pool.id, adapterName, source: from });
    if (made) onMade(made.id);
  };
  return (
    <StartForm
      label="Read and check folders"
      pending={isPending}
      blocked={denied}
      problem={error === null ? problem : null}
      onSubmit={() => void begin()}
    >
      <Field label="Import source" hint={`s3://${source.bucket}/${source.prefix}`}>
        {(control) => (
          <Select
            {...control}
            value={source.id}
            onChange={(event) => setChosen(event.target.value)}
            options={(sources.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          />
        )}
      </Field>
      <TextField
        label="Folder in it"
        optional
        hint="Below the source's prefix; it holds one folder for each tenant."
        spellCheck={false}
        className="font-mono"
        value={path}
        onChange={setPath}
        error={error}
      />
    </StartForm>
  );
}
