"use client";

import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Input, Select } from "#components/ui/input.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { usePool } from "./pool-frame.tsx";
import { type OperationsEdit, operationsOf, toOperations } from "./pool-operations-edit.ts";

type Options<Key extends keyof OperationsEdit> = readonly { value: OperationsEdit[Key] & string; label: string }[];

const DELIVERY: Options<"delivery"> = [
  { value: "shared", label: "Shared directory that the nodes mount" },
  { value: "fetch", label: "Fetched by the node's plugin, by digest" },
];
const DRIFT: Options<"driftPolicy"> = [
  { value: "keep", label: "Show them and leave them alone" },
  { value: "remove", label: "Unload them" },
];
const RESTART: Options<"restartStep"> = [
  { value: "manual", label: "By hand: the exact command is shown" },
  { value: "webhook", label: "Webhook to your automation" },
  { value: "simulated", label: "Simulated nodes restart by themselves" },
];

const FIELDS = ["delivery", "driftPolicy", "replicas", "restartStep", "restartUrl", "restartSecret"];
const isPlaced = (problem: Problem): boolean =>
  problem.errors.length > 0 && problem.errors.every(({ field }) => FIELDS.includes(field));

/** How a pool's nodes are fed and restarted: what can change while they run. */
export function PoolOperations({ pool }: { pool: Pool }) {
  const [edit, setEdit] = useState<OperationsEdit | null>(null);
  const denied = useDenied("fleet.write");
  const { retry } = usePool(pool.id);
  const update = useApiMutation("PATCH /pools/{poolId}", {
    alsoRefresh: ["nodes", "placements"],
    onDone: () => {
      setEdit(null);
      notify({ title: "Operation saved", tone: "ok" });
    },
  });
  const shown = edit ?? operationsOf(pool);
  const discard = () => {
    setEdit(null);
    update.reset();
    retry(); // whoever saved in between is seen at once
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.run({ params: { poolId: pool.id }, generation: shown.generation, body: toOperations(shown, pool) });
  };
  const { problem } = update;
  return (
    <Card title="Operation">
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <OperationFields
          hasSecret={pool.hasRestartSecret}
          shown={shown}
          onChange={(part) => setEdit({ ...shown, ...part })}
          problem={problem}
          isReadOnly={denied !== undefined}
        />
        {problem && !isPlaced(problem) && <ErrorState problem={problem} size="inline" />}
        <div className="flex gap-2">
          <Button
            type="submit"
            disabledReason={denied ?? (edit === null ? "Nothing was changed." : undefined)}
            pending={update.isPending}
          >
            Save operation
          </Button>
          {edit !== null && <Button onClick={discard}>Discard changes</Button>}
        </div>
      </form>
    </Card>
  );
}

type FieldsProps = {
  /** A webhook secret is stored already. */
  hasSecret: boolean;
  shown: OperationsEdit;
  onChange: (part: Partial<OperationsEdit>) => void;
  problem: Problem | null;
  isReadOnly: boolean;
};

function Choice<Key extends "delivery" | "driftPolicy" | "restartStep">({
  name,
  label,
  hint,
  options,
  shown,
  onChange,
  problem,
  isReadOnly,
}: FieldsProps & { name: Key; label: string; hint: string; options: Options<Key> }) {
  return (
    <Field label={label} hint={hint} error={fieldError(problem, name)}>
      {(control) => (
        <Select
          {...control}
          disabled={isReadOnly}
          value={shown[name]}
          onChange={(event) => {
            const chosen = options.find(({ value }) => value === event.target.value);
            if (chosen) onChange({ [name]: chosen.value });
          }}
          options={options}
        />
      )}
    </Field>
  );
}

function OperationFields(form: FieldsProps) {
  const { shown, onChange, problem, isReadOnly } = form;
  return (
    <>
      <Choice
        {...form}
        name="delivery"
        label="How adapters reach a node"
        hint="With a shared directory Switchyard checked the same bytes; with fetch the node checks them itself."
        options={DELIVERY}
      />
      <Choice
        {...form}
        name="driftPolicy"
        label="Names nobody asked for"
        hint="Node drift: what a node lists and Switchyard did not load."
        options={DRIFT}
      />
      <Field
        label="Nodes for each adapter"
        hint="Empty: every node that serves. An adapter can have its own number."
        optional
        error={fieldError(problem, "replicas")}
      >
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            autoComplete="off"
            placeholder="Every serving node"
            readOnly={isReadOnly}
            value={shown.replicas}
            onChange={(event) => onChange({ replicas: event.target.value })}
          />
        )}
      </Field>
      <Choice
        {...form}
        name="restartStep"
        label="How engines are restarted"
        hint="When limits change. Switchyard never starts or stops vLLM itself."
        options={RESTART}
      />
      {shown.restartStep === "webhook" && <WebhookFields {...form} />}
    </>
  );
}

function WebhookFields({ hasSecret, shown, onChange, problem, isReadOnly }: FieldsProps) {
  return (
    <>
      <Field
        label="Webhook address"
        hint="Gets a signed POST with the command; a 2xx means it was taken on."
        error={fieldError(problem, "restartUrl")}
      >
        {(control) => (
          <Input
            {...control}
            type="url"
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
            placeholder="https://automation.example.com/restart"
            readOnly={isReadOnly}
            value={shown.restartUrl}
            onChange={(event) => onChange({ restartUrl: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Webhook secret"
        hint={`At least 16 characters; signs every call. Sealed when stored and never shown. ${hasSecret ? "One is set: empty keeps it." : "None is set yet."}`}
        optional
        error={fieldError(problem, "restartSecret")}
      >
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="new-password"
            readOnly={isReadOnly}
            value={shown.restartSecret}
            onChange={(event) => onChange({ restartSecret: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
