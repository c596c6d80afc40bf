"use client";

import { Button, TextLink } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { OPTIONAL_PRICE } from "#components/ui/form/field-text.ts";
import { FormCheckbox, FormText } from "#components/ui/form/form-fields.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { NodeValues } from "./new-node.ts";
import type { AddNodeForm } from "./use-add-node.ts";

/** What it is called and what it costs; then it is added, and loads start. */
export function ConfirmStep({ adding }: { adding: AddNodeForm }) {
  const { form, values, refusedStep } = adding;
  return (
    <form onSubmit={form.submit} className="flex flex-col gap-4" noValidate>
      <FormText
        form={form}
        name="name"
        label="Name"
        hint="For example node-1. A response header contains it."
        autoFocus
        spellCheck={false}
      />
      <div className="grid max-w-160 gap-4 sm:grid-cols-2">
        <FormText form={form} name="gpu" label="GPU" optional placeholder="A100 80GB" />
        <FormText
          form={form}
          name="pricePerHour"
          as={OPTIONAL_PRICE}
          label="Price per hour"
          hint="In your currency."
          optional
          inputMode="decimal"
        />
      </div>
      <FormCheckbox
        form={form}
        name="standalone"
        label="Standalone"
        hint="Serves evaluation baselines only, one version at a time; never customers."
      />
      <Summary values={values} />
      {form.problem && <ErrorState problem={form.problem} size="inline" />}
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" type="submit" pending={form.isSending}>
          Add {values.name.trim() || "node"}
        </Button>
        {refusedStep !== null && refusedStep !== "confirm" && (
          <Button onClick={() => adding.goTo(refusedStep)}>Fix the settings</Button>
        )}
        <Button variant="ghost" onClick={() => adding.goTo("pool")}>
          Back to pool
        </Button>
      </div>
    </form>
  );
}

function Summary({ values: { poolId, baseUrl, standalone } }: { values: NodeValues }) {
  const pool = useApi("GET /pools/{poolId}", { params: { poolId } }, { enabled: poolId !== "" }).data;
  return (
    <div className="rounded-control bg-sub p-3">
      <KeyValue
        rows={[
          { label: "Address", value: <code className="break-all font-mono text-xs">{baseUrl}</code> },
          { label: "Pool", value: pool && <TextLink href={`/pools/${pool.id}`}>{pool.name}</TextLink> },
          {
            label: "Then",
            value: standalone
              ? "The node waits for evaluations and loads nothing until then."
              : "The pool's live versions load one at a time; each load is verified with one request.",
          },
        ]}
      />
    </div>
  );
}
