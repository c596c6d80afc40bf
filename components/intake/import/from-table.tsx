"use client";

import { type ChangeEvent, useRef } from "react";
import { Button } from "../../ui/button.tsx";
import { FormTextarea } from "../../ui/form/form-fields.tsx";
import { SubmitRow } from "../../ui/form/submit-row.tsx";
import type { ApiForm } from "../../ui/form/use-api-form.ts";
import type { ImportValues } from "./import-body.ts";

const SAMPLE = "tenant,name,adapter,path\nnorthwind,Northwind Outfitters,order-desk,northwind\n";

/** A table that says which folder belongs to whom; pasted, or taken from a file. */
export function FromTable({ form }: { form: ApiForm<ImportValues> }) {
  const lines = form.refusal?.errors.filter(({ code }) => code === "bad_csv") ?? [];
  return (
    <>
      <FormTextarea
        form={form}
        name="text"
        errorsOf={["source", ...lines.map(({ field }) => field)]}
        label="Table"
        hint="Required columns: tenant and path. Optional: name and adapter. Separate by commas, semicolons or tabs. Paths are absolute or relative to the pool's adapter directory."
        refused={
          lines.length > 0 && (
            <span className="block max-h-60 overflow-y-auto">
              {lines.map(({ field, message, fix }) => (
                <span key={`${field} ${message}`} className="block">
                  {message} {fix}
                </span>
              ))}
            </span>
          )
        }
        rows={8}
        spellCheck={false}
        className="font-mono text-xs"
        placeholder={SAMPLE}
      />
      <SubmitRow form={form} label="Read table and check folders">
        <ChooseFile onText={(text) => form.setValue("text", text)} />
      </SubmitRow>
    </>
  );
}

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
