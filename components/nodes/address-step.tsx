"use client";

import type { FormEvent, ReactNode } from "react";
import { Button, LinkButton } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { FormText } from "#components/ui/form/form-fields.tsx";
import type { Problem } from "#lib/http/schema.ts";
import { InspectionProgress } from "./inspection-progress.tsx";
import { fieldStep } from "./new-node.ts";
import type { AddNodeForm } from "./use-add-node.ts";

/** Everything that is wrong with one field: a node can be unfit in several ways at once. */
export const allErrors = (problem: Problem | null, field: string): ReactNode => {
  const errors = problem?.errors.filter((error) => error.field === field) ?? [];
  if (errors.length === 0) return null;
  return errors.map(({ code, message, fix }) => (
    <span key={`${code} ${message}`} className="block">
      {message} {fix}
    </span>
  ));
};

const isHere = ({ errors }: Problem): boolean =>
  errors.length > 0 && errors.every(({ field }) => fieldStep(field) === "address");

/** Where the node is and how to get in; then it is inspected. What a later step was refused for is said here, too. */
export function AddressStep({ adding }: { adding: AddNodeForm }) {
  const { form, isInspecting, inspect } = adding;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    inspect("report");
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <FormText
        form={form}
        name="baseUrl"
        refused={allErrors(form.refusal, "baseUrl")}
        label="Address"
        hint="Of the vLLM server, without /v1."
        type="url"
        autoFocus
        spellCheck={false}
        className="font-mono"
        placeholder="http://10.0.0.7:8000"
      />
      <FormText
        form={form}
        name="apiKey"
        refused={allErrors(form.refusal, "apiKey")}
        label="API key"
        hint="The engine's VLLM_API_KEY. Encrypted when stored and never shown again."
        optional
        type="password"
      />
      {form.problem && !isHere(form.problem) && <ErrorState problem={form.problem} size="inline" />}
      {isInspecting && <InspectionProgress />}
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" type="submit" pending={form.isSending}>
          Inspect node
        </Button>
        <LinkButton href="/nodes">Cancel</LinkButton>
      </div>
    </form>
  );
}
