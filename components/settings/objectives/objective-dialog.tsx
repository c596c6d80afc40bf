"use client";

import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Select } from "#components/ui/input.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation, useEvery } from "#components/ui/use-api.ts";
import { OBJECTIVE_KINDS, OBJECTIVE_WINDOWS } from "#lib/alerting/browser/objective-kinds.ts";
import type { Objective } from "#lib/alerting/browser/objective-schema.ts";
import type { Problem } from "#lib/http/schema.ts";
import { changeOf, createOf, draftOf, KIND_WORDS, type ObjectiveDraft } from "./objective-draft.ts";

const FORM = "objective";
const PLACED = ["tenantId", "poolId", "kind", "target", "visibility"];
type Save = { objective: Objective | null; onClose: () => void };

/** Sets an objective, or changes one; what was proposed is accepted by saving it. */
export function ObjectiveDialog({ objective, onClose }: Save) {
  const [draft, setDraft] = useState(() => draftOf(objective));
  const done = (saved: Objective) => {
    notify({ title: `${saved.scope.name}: ${saved.promise}` });
    onClose();
  };
  const create = useApiMutation("POST /objectives", { onDone: done });
  const update = useApiMutation("PATCH /objectives/{objectiveId}", { onDone: done });
  const { problem, isPending } = objective ? update : create;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (objective === null) return create.run({ body: createOf(draft) });
    const { id, generation } = objective;
    update.run({ params: { objectiveId: id }, generation, body: changeOf(objective, draft) });
  };
  const verb = objective?.status === "proposed" ? "Accept objective" : "Save changes";
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={objective ? `${objective.title} of ${objective.scope.name}` : "Add objective"}
      description="Requests of the last 28 days count as well. Accepted objectives are tracked, and burn-rate alerts report fast budget use."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={FORM} pending={isPending}>
            {objective ? verb : "Add objective"}
          </Button>
        </>
      }
    >
      <form id={FORM} onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <ObjectiveFields draft={draft} onChange={setDraft} problem={problem} isNew={objective === null} />
        <FormProblem problem={problem} fields={PLACED} />
      </form>
    </Dialog>
  );
}

type FieldsProps = {
  draft: ObjectiveDraft;
  onChange: (draft: ObjectiveDraft) => void;
  problem: Problem | null;
  isNew: boolean;
};

function ObjectiveFields({ draft, onChange, problem, isNew }: FieldsProps) {
  const words = KIND_WORDS[draft.kind];
  const isPool = draft.scope.startsWith("pool_");
  return (
    <>
      {isNew && <ScopeFields draft={draft} onChange={onChange} problem={problem} />}
      <TextField
        label={words.target}
        hint={words.hint}
        placeholder={words.example}
        inputMode="decimal"
        value={draft.target}
        onChange={(target) => onChange({ ...draft, target })}
        error={fieldError(problem, "target")}
      />
      <Field label="Window">
        {(control) => (
          <Select
            {...control}
            value={draft.windowDays}
            onChange={(event) => onChange({ ...draft, windowDays: event.target.value })}
            options={OBJECTIVE_WINDOWS.map((days) => ({
              value: String(days),
              label: days === 1 ? "1 day" : `${days} days`,
            }))}
          />
        )}
      </Field>
      {!isPool && (
        <Field
          label="Visible to"
          hint="Once accepted, customers see the objective and its result on their status page."
          error={fieldError(problem, "visibility")}
        >
          {(control) => (
            <Select
              {...control}
              value={draft.visibility}
              onChange={(event) =>
                onChange({ ...draft, visibility: event.target.value === "customer" ? "customer" : "staff" })
              }
              options={[
                { value: "staff", label: "Staff only" },
                { value: "customer", label: "Staff and the customer" },
              ]}
            />
          )}
        </Field>
      )}
    </>
  );
}

/** Whom it is about, and what: neither changes later. */
function ScopeFields({ draft, onChange, problem }: Omit<FieldsProps, "isNew">) {
  const tenants = useEvery("GET /tenants", { query: {} }) ?? [];
  const pools = useEvery("GET /pools", { query: {} }) ?? [];
  return (
    <>
      <Field label="Of" error={fieldError(problem, "tenantId") ?? fieldError(problem, "poolId")}>
        {(control) => (
          <Select
            {...control}
            placeholder="Choose a tenant or a pool"
            value={draft.scope}
            onChange={(event) => onChange({ ...draft, scope: event.target.value })}
            options={[
              ...pools.map(({ id, name }) => ({ value: id, label: `Pool ${name}` })),
              ...tenants.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        )}
      </Field>
      <Field label="What" error={fieldError(problem, "kind")}>
        {(control) => (
          <Select
            {...control}
            value={draft.kind}
            onChange={(event) =>
              onChange({ ...draft, kind: OBJECTIVE_KINDS.find((one) => one === event.target.value) ?? draft.kind })
            }
            options={OBJECTIVE_KINDS.map((kind) => ({ value: kind, label: KIND_WORDS[kind].label }))}
          />
        )}
      </Field>
    </>
  );
}
