"use client";

import type { ComponentProps, ReactNode } from "react";
import { FallbackSelect } from "#components/ui/fallback-select.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Select } from "#components/ui/input.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { Problem } from "#lib/http/schema.ts";
import { LORA_RANKS, POOL_DTYPES } from "#lib/pools/schema.ts";
import { BASE_FILES } from "./base-files.ts";
import { EMPTY_DRAFT, type FilledDraft, type PoolDraft, rankOf } from "./pool-draft.ts";
import { storeHint } from "./store-hint.ts";

const FIELDS = [...Object.keys(EMPTY_DRAFT), ...BASE_FILES.map(({ field }) => `files.${field}`)];

/** Whether every error stands beside its field; what does not is shown under the form. */
export const isPlaced = (problem: Problem): boolean =>
  problem.errors.length > 0 &&
  problem.errors.every((error) => FIELDS.some((field) => error.field === field || error.field.startsWith(`${field}.`)));

type FormProps = {
  draft: FilledDraft;
  onChange: (change: Partial<PoolDraft>) => void;
  problem: Problem | null;
  /** How many tenants the proposal for the CPU cache counts; null = not known yet. */
  tenantCount: number | null;
  /** Where each value comes from, when a running node proposed it. */
  sources?: FieldSources;
  /** The dialog's first field; a page that leads here has focused its own. */
  autoFocus?: boolean;
};

export type FieldSources = Partial<Record<string, { source: "engine" | "proposal" | "ask"; note: string }>>;

const SOURCE_WORDS = { engine: "From the engine", proposal: "Proposed", ask: "Required" } as const;

/** What the node's proposal says of a field, in place of the usual hint. */
function hintFor(form: FormProps, name: string, hint: ReactNode): ReactNode {
  const told = form.sources?.[name];
  if (!told) return hint;
  return (
    <>
      <span
        data-source={told.source}
        className={told.source === "ask" ? "font-medium text-warn" : "font-medium text-fg-2"}
      >
        {SOURCE_WORDS[told.source]}.
      </span>{" "}
      {told.note}
    </>
  );
}
type TextKey = {
  [Key in keyof FilledDraft]: FilledDraft[Key] extends string ? (string extends FilledDraft[Key] ? Key : never) : never;
}[keyof FilledDraft];

/** One line of text of the draft, with its error. */
function Line({
  name,
  label,
  hint,
  optional,
  form,
  ...input
}: { name: TextKey; label: string; hint?: ReactNode; optional?: boolean; form: FormProps } & Pick<
  ComponentProps<typeof TextField>,
  "inputMode" | "className" | "placeholder" | "autoFocus"
>) {
  return (
    <TextField
      spellCheck={false}
      {...input}
      label={label}
      hint={hintFor(form, name, hint)}
      optional={optional ?? false}
      error={fieldError(form.problem, name)}
      value={form.draft[name]}
      onChange={(value) => form.onChange({ [name]: value })}
    />
  );
}

/** Name and base model. */
export function IdentityFields(form: FormProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Line form={form} name="name" label="Name" autoFocus={form.autoFocus ?? true} />
      <Line form={form} name="slug" label="Slug" hint="It cannot change later." className="font-mono" />
      <Line
        form={form}
        name="baseModel"
        label="Base model"
        hint="As the training pipeline names it; every adapter's base_model_name_or_path is compared with it."
        placeholder="meta-llama/Llama-3.1-8B-Instruct"
      />
      <Line form={form} name="baseRevision" label="Revision" hint="Branch, tag or commit of the base model." optional />
    </div>
  );
}

/** What needs a restart of the engines to change later. */
export function EngineFields(form: FormProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <BaseFields {...form} />
      <LimitFields {...form} />
    </div>
  );
}

function BaseFields(form: FormProps) {
  const { draft, onChange, problem } = form;
  return (
    <>
      <Field
        label="Rank"
        hint={hintFor(form, "maxLoraRank", "The pool's rank. vLLM pads every slot to it.")}
        error={fieldError(problem, "maxLoraRank")}
      >
        {(control) => (
          <Select
            {...control}
            value={draft.maxLoraRank === null ? "" : String(draft.maxLoraRank)}
            {...(draft.maxLoraRank === null ? { placeholder: "Choose the rank" } : {})}
            onChange={(event) => onChange({ maxLoraRank: rankOf(event.target.value) })}
            options={LORA_RANKS.map((rank) => ({ value: String(rank), label: String(rank) }))}
          />
        )}
      </Field>
      <Field label="Dtype" hint={hintFor(form, "dtype", null)} error={fieldError(problem, "dtype")}>
        {(control) => (
          <Select
            {...control}
            value={draft.dtype}
            onChange={(event) =>
              onChange({ dtype: POOL_DTYPES.find((dtype) => dtype === event.target.value) ?? "bfloat16" })
            }
            options={POOL_DTYPES.map((dtype) => ({ value: dtype, label: dtype }))}
          />
        )}
      </Field>
    </>
  );
}

function LimitFields(form: FormProps) {
  const { tenantCount } = form;
  return (
    <>
      <Line
        form={form}
        name="maxLoras"
        label="GPU slots"
        hint="Adapters that run at the same time on one node: the peak of concurrent tenants."
        inputMode="numeric"
      />
      <Line
        form={form}
        name="maxCpuLoras"
        label="CPU cache"
        hint={
          tenantCount === null
            ? "1.2 places per tenant, so every adapter stays in host memory."
            : `1.2 places per tenant: ${tenantCount} tenants now. Never fewer than GPU slots.`
        }
        inputMode="numeric"
      />
      <Line
        form={form}
        name="maxModelLen"
        label="Sequence limit"
        hint="Tokens of prompt and answer."
        inputMode="numeric"
      />
      <Line
        form={form}
        name="gpuMemoryUtilization"
        label="GPU memory utilisation"
        hint="Share of GPU memory for vLLM, 0.05 to 1."
        inputMode="decimal"
      />
    </>
  );
}

/** Where adapters lie, and what callers get when one cannot be served. */
export function ServingFields(form: FormProps) {
  const { draft, onChange, problem } = form;
  const store = useApi("GET /adapter-store", {}).data?.path ?? null;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Line
        form={form}
        name="adapterDirectory"
        label="Adapter directory"
        hint={storeHint(store)}
        className="font-mono"
      />
      <Line
        form={form}
        name="maxBatchWaitMs"
        label="Longest batch wait, ms"
        hint="Maximum wait to group a burst by adapter."
        inputMode="numeric"
      />
      <FallbackSelect
        label="When a version is unavailable"
        hint={hintFor(form, "fallback", null)}
        error={fieldError(problem, "fallback")}
        value={draft.fallback}
        onChange={(fallback) => onChange({ fallback })}
      />
    </div>
  );
}
