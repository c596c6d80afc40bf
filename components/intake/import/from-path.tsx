"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { fieldError } from "../../ui/field-error.ts";
import { TextField } from "../../ui/text-field.tsx";
import type { StartProps } from "./import-start.tsx";
import { useStart } from "./use-start.ts";

/** A folder of folders that the server reads where it stands. */
export function FromPath({ pool, adapterName, denied, onMade }: StartProps) {
  const [path, setPath] = useState(pool.adapterDirectory);
  const { start, isPending, problem } = useStart();
  const error = fieldError(problem, "path") ?? fieldError(problem, "source");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (denied || isPending) return;
    const made = await start({ kind: "directory", poolId: pool.id, adapterName, source: { path: path.trim() } });
    if (made) onMade(made.id);
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4" noValidate>
      <TextField
        label="Folder"
        hint="It holds one folder for each tenant, named <tenant> or <tenant>--<adapter>, at or below the pool's adapter directory."
        spellCheck={false}
        className="font-mono"
        value={path}
        onChange={setPath}
        error={error}
      />
      {problem && error === null && <ErrorState problem={problem} size="inline" />}
      <div>
        <Button type="submit" variant="primary" pending={isPending} disabledReason={denied}>
          Read and check folders
        </Button>
      </div>
    </form>
  );
}
