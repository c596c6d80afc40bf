"use client";

import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import type { ApiForm } from "#components/ui/form/use-api-form.ts";
import { useFieldError } from "#components/ui/form/use-field-error.ts";
import { StatusShape } from "#components/ui/status.tsx";
import {
  BASE_FILES,
  type BaseFileName,
  describeBaseFile,
  missingBaseFiles,
  type ReadBaseFiles,
  readBaseFiles,
} from "./base-files.ts";
import type { PoolValues } from "./pool-proposals.ts";

type BaseFilesFieldProps = {
  read: ReadBaseFiles;
  onRead: (read: ReadBaseFiles) => void;
  /** These very files were sent: what was said then is about them. */
  isJudged: boolean;
  form: ApiForm<PoolValues>;
};

/** Picks the base model's own files, several at once, and says of each whether it was read, is missing or is wrong. */
export function BaseFilesField({ read, onRead, isJudged, form }: BaseFilesFieldProps) {
  const whole = useFieldError(form, "files");
  const [failure, setFailure] = useState<string | null>(null);
  const take = async (picked: FileList) => {
    try {
      onRead(await readBaseFiles(read, picked));
      setFailure(null);
    } catch {
      setFailure("The browser could not read a file. Choose it again.");
    }
  };
  const refusal = isJudged ? form.refusal : null;
  const errors = new Map(
    BASE_FILES.map(({ name }) => [name, errorOf(name, read, { refusal, wasSubmitted: form.wasSubmitted })]),
  );
  const isRefused = BASE_FILES.some(({ name }) => errors.get(name));
  const missing = form.wasSubmitted ? missingBaseFiles(read) : null;
  return (
    <div className="flex max-w-160 flex-col gap-2">
      <Field
        label="Base model files"
        hint="Choose all files together. Switchyard keeps their checksums; the weights stay on the nodes."
        error={failure ?? missing ?? (isRefused ? "Fix the files marked below." : isJudged ? whole : null)}
      >
        {(control) => (
          <input
            {...control}
            type="file"
            multiple
            accept=".json,.jinja"
            className="control rounded-control text-sm text-fg-2 file:me-3 file:h-8 file:rounded-control file:border file:border-solid file:border-line-control file:bg-bg file:px-3 file:text-sm file:font-medium file:text-fg pointer-coarse:file:h-10"
            onChange={(event) => {
              const { files } = event.target;
              if (files !== null && files.length > 0) void take(files);
            }}
          />
        )}
      </Field>
      <ul aria-label="Files of the base model" className="flex flex-col gap-1 text-sm">
        {BASE_FILES.map(({ name, isRequired }) => (
          <FileLine
            key={name}
            name={name}
            isRequired={isRequired}
            found={describeBaseFile(read.files, name)}
            error={errors.get(name) ?? null}
          />
        ))}
      </ul>
      {read.ignored.length > 0 && <p className="text-xs text-fg-3">Not needed: {read.ignored.join(", ")}</p>}
    </div>
  );
}

/** A broken pick first, then what the API said, then what is missing. */
function errorOf(
  name: BaseFileName,
  read: ReadBaseFiles,
  form: Pick<ApiForm<PoolValues>, "refusal" | "wasSubmitted">,
): string | null {
  const slot = BASE_FILES.find((file) => file.name === name);
  if (slot === undefined) return null;
  const isMissing = read.files[slot.field] === undefined;
  return (
    read.wrong[name] ??
    fieldError(form.refusal, `files.${slot.field}`) ??
    (form.wasSubmitted && slot.isRequired && isMissing ? `Choose the base model's ${name}.` : null)
  );
}

function FileLine({
  name,
  isRequired,
  found,
  error,
}: {
  name: BaseFileName;
  isRequired: boolean;
  found: string | null;
  error: string | null;
}) {
  const missing = isRequired ? "not chosen" : "not chosen (optional)";
  return (
    <li className="flex items-baseline gap-2">
      <span className="self-center">
        <StatusShape state={error ? "bad" : found ? "ok" : "off"} />
      </span>
      <code className="font-mono text-xs">{name}</code>
      <span className={error ? "text-bad" : "text-fg-3"}>{error ?? found ?? missing}</span>
    </li>
  );
}
