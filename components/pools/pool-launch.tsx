"use client";

import { parseAsInteger, parseAsString, useQueryStates } from "nuqs";
import { Card } from "#components/ui/card.tsx";
import { CopyBlock } from "#components/ui/copy.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Input, Select } from "#components/ui/input.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useApi } from "#components/ui/use-api.ts";

const GPUS = [1, 2, 4, 8] as const;

/** The exact command that starts a node of this pool, for the port and the GPUs that one node has. */
export function PoolLaunch({ poolId }: { poolId: string }) {
  const [{ port, gpus }, setView] = useQueryStates(
    { port: parseAsString.withDefault("8000"), gpus: parseAsInteger.withDefault(1) },
    { throttleMs: 300 },
  );
  const read = useApi("GET /pools/{poolId}/launch-command", {
    params: { poolId },
    query: { port, tensorParallelSize: gpus },
  });
  const options = [...new Set([...GPUS, gpus])].toSorted((a, b) => a - b);
  const isPlaced = read.problem !== null && fieldError(read.problem, "port") !== null;
  return (
    <Card title="Start a node">
      <div className="flex flex-col gap-4">
        <p className="text-md text-fg-2">
          Switchyard never starts or stops vLLM. Run this command on the machine, then add the node by its address.
        </p>
        <div className="grid max-w-160 gap-4 sm:grid-cols-2">
          <Field label="Port" error={fieldError(read.problem, "port")}>
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                autoComplete="off"
                defaultValue={port}
                onChange={(event) => void setView({ port: event.target.value.trim() || null })}
              />
            )}
          </Field>
          <Field
            label="GPUs of one node"
            hint="Tensor parallel size."
            error={fieldError(read.problem, "tensorParallelSize")}
          >
            {(control) => (
              <Select
                {...control}
                value={String(gpus)}
                onChange={(event) => void setView({ gpus: Number(event.target.value) })}
                options={options.map((count) => ({ value: String(count), label: String(count) }))}
              />
            )}
          </Field>
        </div>
        {read.data && <Command {...read.data} />}
        {!read.data && !read.problem && <Skeleton className="h-60 w-full" />}
        {read.problem && !isPlaced && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      </div>
    </Card>
  );
}

function Command({ text, notes }: { text: string; notes: readonly string[] }) {
  return (
    <>
      <CopyBlock text={text} label="Copy the launch command" />
      <ul className="flex list-disc flex-col gap-1 ps-4 text-sm text-fg-2 marker:text-fg-3">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </>
  );
}
