"use client";

import type { EditFields } from "#components/ui/edit-card.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Select } from "#components/ui/input.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import type { Pool } from "#lib/pools/schema.ts";
import { PoolEditCard } from "./pool-edit-card.tsx";
import { type OperationsEdit, operationsOf, toOperations } from "./pool-operations-edit.ts";

type Options<Key extends keyof OperationsEdit> = readonly { value: OperationsEdit[Key] & string; label: string }[];

const DELIVERY: Options<"delivery"> = [
  { value: "shared", label: "Shared directory that the nodes mount" },
  { value: "fetch", label: "Fetched by the node's plugin, by digest" },
];
const DRIFT: Options<"driftPolicy"> = [
  { value: "keep", label: "Show them but keep them loaded" },
  { value: "remove", label: "Unload them" },
];
const RESTART: Options<"restartStep"> = [
  { value: "manual", label: "Manually: Switchyard shows the exact command" },
  { value: "webhook", label: "Webhook to your automation" },
  { value: "simulated", label: "Simulated nodes restart automatically" },
];

const FIELDS = ["delivery", "driftPolicy", "replicas", "restartStep", "restartUrl", "restartSecret"];

/** How a pool's nodes are fed and restarted: what can change while they run. */
export function PoolOperations({ pool }: { pool: Pool }) {
  return (
    <PoolEditCard pool={pool} title="Operation" read={operationsOf} toBody={toOperations} fields={FIELDS}>
      {(form) => <OperationFields {...form} hasSecret={pool.hasRestartSecret} />}
    </PoolEditCard>
  );
}

type FieldsProps = EditFields<OperationsEdit> & {
  /** A webhook secret is stored already. */
  hasSecret: boolean;
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
}: EditFields<OperationsEdit> & { name: Key; label: string; hint: string; options: Options<Key> }) {
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

function OperationFields({ hasSecret, ...form }: FieldsProps) {
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
        label="Unmanaged adapters"
        hint="Node drift: adapters on a node that Switchyard did not load."
        options={DRIFT}
      />
      <TextField
        label="Nodes for each adapter"
        hint="Leave empty for every serving node. Adapters can override this."
        optional
        error={fieldError(problem, "replicas")}
        inputMode="numeric"
        placeholder="Every serving node"
        readOnly={isReadOnly}
        value={shown.replicas}
        onChange={(replicas) => onChange({ replicas })}
      />
      <Choice
        {...form}
        name="restartStep"
        label="How engines are restarted"
        hint="When limits change. Switchyard never starts or stops vLLM itself."
        options={RESTART}
      />
      {shown.restartStep === "webhook" && <WebhookFields {...form} hasSecret={hasSecret} />}
    </>
  );
}

function WebhookFields({ hasSecret, shown, onChange, problem, isReadOnly }: FieldsProps) {
  return (
    <>
      <TextField
        label="Webhook address"
        hint="Receives a signed POST with the command. A 2xx response means accepted."
        error={fieldError(problem, "restartUrl")}
        type="url"
        spellCheck={false}
        className="font-mono"
        placeholder="https://automation.example.com/restart"
        readOnly={isReadOnly}
        value={shown.restartUrl}
        onChange={(restartUrl) => onChange({ restartUrl })}
      />
      <TextField
        label="Webhook secret"
        hint={`At least 16 characters; signs every call. Encrypted when stored and never shown. ${hasSecret ? "A secret is set; leave empty to keep it." : "No secret is set yet."}`}
        optional
        error={fieldError(problem, "restartSecret")}
        type="password"
        autoComplete="new-password"
        readOnly={isReadOnly}
        value={shown.restartSecret}
        onChange={(restartSecret) => onChange({ restartSecret })}
      />
    </>
  );
}
