"use client";

import { useState } from "react";
import { fieldError } from "../../ui/field-error.ts";
import { TextField } from "../../ui/text-field.tsx";
import type { StartProps } from "./import-start.tsx";
import { StartForm } from "./start-form.tsx";
import { useStart } from "./use-start.ts";

/** A folder of folders that the server reads where it stands. */
export function FromPath({ pool, adapterName, denied, onMade }: StartProps) {
  const [path, setPath] = useState(pool.adapterDirectory);
  const { start, isPending, problem } = useStart();
  const error = fieldError(problem, "path") ?? fieldError(problem, "source");
  const begin = async () => {
    const made = await start({ kind: "directory", poolId: pool.id, adapterName, source: { path: path.trim() } });
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
      <TextField
        label="Folder"
        hint="It holds one folder for each tenant, named <tenant> or <tenant>--<adapter>, at or below the pool's adapter directory."
        spellCheck={false}
        className="font-mono"
        value={path}
        onChange={setPath}
        error={error}
      />
    </StartForm>
  );
}
