"use client";

import type { FormEvent, ReactNode } from "react";
import { Button, LinkButton } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import type { Problem } from "#lib/http/schema.ts";
import { LookProgress } from "./look-progress.tsx";
import { fieldStep } from "./node-draft.ts";
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

/** Where the node is and how to get in; then it is looked at. */
export function AddressStep({ form }: { form: AddNodeForm }) {
  const { draft, change } = form;
  // what a later step was refused for, if it is a matter of this one
  const problem = form.lookProblem ?? (form.refusedStep === "address" ? form.addProblem : null);
  const isPlaced =
    problem !== null &&
    problem.errors.length > 0 &&
    problem.errors.every(({ field }) => fieldStep(field) === "address");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!form.isLooking) void form.look("report");
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <Field label="Address" hint="Of the vLLM server, without /v1." error={allErrors(problem, "baseUrl")}>
        {(control) => (
          <Input
            {...control}
            type="url"
            autoFocus
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
            placeholder="http://10.0.0.7:8000"
            value={draft.baseUrl}
            onChange={(event) => change({ baseUrl: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="API key"
        hint="The engine's VLLM_API_KEY. Encrypted when stored and never shown again."
        optional
        error={allErrors(problem, "apiKey")}
      >
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="off"
            value={draft.apiKey}
            onChange={(event) => change({ apiKey: event.target.value })}
          />
        )}
      </Field>
      {problem && !isPlaced && <ErrorState problem={problem} size="inline" />}
      {form.isLooking && <LookProgress />}
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" type="submit" pending={form.isLooking}>
          Inspect node
        </Button>
        <LinkButton href="/nodes">Cancel</LinkButton>
      </div>
    </form>
  );
}
