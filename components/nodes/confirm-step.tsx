"use client";

import { type FormEvent, useEffect, useRef } from "react";
import { Button, TextLink } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Input } from "#components/ui/input.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import { useApi } from "#components/ui/use-api.ts";
import { fieldStep, type NodeDraft } from "./node-draft.ts";
import type { AddNodeForm } from "./use-add-node.ts";

/** What it is called and what it costs; then it is added, and loads start. */
export function ConfirmStep({ form }: { form: AddNodeForm }) {
  const { draft, change, addProblem: problem } = form;
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (problem) element.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [problem]);
  const isPlaced =
    problem !== null &&
    problem.errors.length > 0 &&
    problem.errors.every(({ field }) => fieldStep(field) === "confirm");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!form.isAdding) void form.add();
  };
  return (
    <form ref={element} onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <Field label="Name" hint="For example node-1. A response header contains it." error={fieldError(problem, "name")}>
        {(control) => (
          <Input
            {...control}
            autoFocus
            autoComplete="off"
            spellCheck={false}
            value={draft.name}
            onChange={(event) => change({ name: event.target.value })}
          />
        )}
      </Field>
      <Money form={form} />
      <Checkbox
        label="Standalone"
        hint="Serves evaluation baselines only, one version at a time; never customers."
        checked={draft.standalone}
        onChange={(event) => change({ standalone: event.target.checked })}
      />
      <Summary draft={draft} />
      {problem && !isPlaced && <ErrorState problem={problem} size="inline" />}
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" type="submit" pending={form.isAdding}>
          Add {draft.name.trim() || "node"}
        </Button>
        {form.refusedStep !== null && form.refusedStep !== "confirm" && (
          <Button onClick={() => form.goTo(form.refusedStep ?? "address")}>Fix the settings</Button>
        )}
        <Button variant="ghost" onClick={() => form.goTo("pool")}>
          Back to pool
        </Button>
      </div>
    </form>
  );
}

function Money({ form }: { form: AddNodeForm }) {
  const { draft, change, addProblem: problem } = form;
  return (
    <div className="grid max-w-160 gap-4 sm:grid-cols-2">
      <Field label="GPU" optional error={fieldError(problem, "gpu")}>
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            placeholder="A100 80GB"
            value={draft.gpu}
            onChange={(event) => change({ gpu: event.target.value })}
          />
        )}
      </Field>
      <Field label="Price per hour" hint="In your currency." optional error={fieldError(problem, "pricePerHour")}>
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            inputMode="decimal"
            value={draft.pricePerHour}
            onChange={(event) => change({ pricePerHour: event.target.value })}
          />
        )}
      </Field>
    </div>
  );
}

function Summary({ draft }: { draft: NodeDraft }) {
  const pool = useApi(
    "GET /pools/{poolId}",
    { params: { poolId: draft.poolId } },
    { enabled: draft.poolId !== "" },
  ).data;
  return (
    <div className="rounded-control bg-sub p-3">
      <KeyValue
        rows={[
          { label: "Address", value: <code className="break-all font-mono text-xs">{draft.baseUrl}</code> },
          { label: "Pool", value: pool && <TextLink href={`/pools/${pool.id}`}>{pool.name}</TextLink> },
          {
            label: "Then",
            value: draft.standalone
              ? "The node waits for evaluations and loads nothing until then."
              : "The pool's live versions load one at a time; each load is verified with one request.",
          },
        ]}
      />
    </div>
  );
}
