"use client";

import { type ChangeEvent, useRef, useState } from "react";
import type { Problem } from "#lib/http/schema.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Textarea } from "../../ui/input.tsx";
import type { StartProps } from "./import-start.tsx";
import { StartForm } from "./start-form.tsx";
import { useStart } from "./use-start.ts";

const SAMPLE = "tenant,name,adapter,path\nnorthwind,Northwind Outfitters,order-desk,northwind\n";

/** A table that says which folder belongs to whom; pasted, or taken from a file. */
export function FromTable({ pool, adapterName, denied, onMade }: StartProps) {
  const [text, setText] = useState("");
  const { start, isPending, problem, clear } = useStart();
  const lines = linesOf(problem);
  const begin = async () => {
    const made = await start({ kind: "csv", poolId: pool.id, adapterName, source: { text } });
    if (made) onMade(made.id);
  };
  return (
    <StartForm
      label="Read table and check folders"
      pending={isPending}
      blocked={denied ?? (text.trim() === "" ? "Paste or choose a table first." : null)}
      problem={lines.length === 0 ? problem : null}
      onSubmit={() => void begin()}
      more={
        <ChooseFile
          onText={(chosen) => {
            clear();
            setText(chosen);
          }}
        />
      }
    >
      <Field
        label="Table"
        hint="Required columns: tenant and path. Optional: name and adapter. Separate by commas, semicolons or tabs. Paths are absolute or relative to the pool's adapter directory."
        error={
          lines.length > 0
            ? `${lines.length === 1 ? "One place needs" : `${lines.length} places need`} fixing first:`
            : null
        }
      >
        {(control) => (
          <Textarea
            {...control}
            rows={8}
            spellCheck={false}
            className="font-mono text-xs"
            placeholder={SAMPLE}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      {lines.length > 0 && <ProblemLines lines={lines} />}
    </StartForm>
  );
}

const linesOf = (problem: Problem | null) => problem?.errors.filter(({ code }) => code === "bad_csv") ?? [];

/** Every place of the table that cannot be used, with its fix. */
const ProblemLines = ({ lines }: { lines: Problem["errors"] }) => (
  <ul className="flex max-h-60 max-w-160 flex-col gap-1 overflow-y-auto text-sm" role="alert">
    {lines.map(({ field, message, fix }) => (
      <li key={`${field} ${message}`} data-csv-problem="">
        <span className="font-medium">{message}</span> <span className="text-fg-2">{fix}</span>
      </li>
    ))}
  </ul>
);

function ChooseFile({ onText }: { onText: (text: string) => void }) {
  const file = useRef<HTMLInputElement>(null);
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const [chosen] = event.target.files ?? [];
    event.target.value = "";
    if (chosen) onText(await chosen.text());
  };
  return (
    <>
      <Button onClick={() => file.current?.click()}>Choose CSV file</Button>
      <input
        ref={file}
        type="file"
        accept=".csv,.tsv,.txt,text/csv"
        hidden
        aria-label="CSV file"
        onChange={(event) => void take(event)}
      />
    </>
  );
}
