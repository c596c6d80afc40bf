"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { FALLBACK_OPTIONS, fallbackOf } from "../ui/fallback-policy.ts";
import { Field } from "../ui/field.tsx";
import { fieldError } from "../ui/field-error.ts";
import { Select } from "../ui/input.tsx";
import { notify } from "../ui/toast.tsx";
import { useApiMutation } from "../ui/use-api.ts";
import { type NameAndSlug, NameAndSlugFields, slugOf } from "./name-and-slug.tsx";

/** Asks for a name, proposes the slug, and leads to the new tenant. */
export function AddTenantDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const router = useRouter();
  const [named, setNamed] = useState<NameAndSlug>({ name: "", slug: null });
  const [fallback, setFallback] = useState(() => fallbackOf("base_model"));
  const create = useApiMutation("POST /tenants", {
    onDone: (tenant) => {
      notify({ title: `${tenant.name} added`, tone: "ok" });
      onOpenChange(false);
      router.push(`/tenants/${tenant.id}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.run({ body: { name: named.name, slug: slugOf(named), fallback } });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Add tenant"
      description="One customer: it owns adapters, API keys and a route to its live version."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button variant="primary" type="submit" form="add-tenant" pending={create.isPending}>
            Add tenant
          </Button>
        </>
      }
    >
      <form id="add-tenant" onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <NameAndSlugFields
          value={named}
          onChange={setNamed}
          slugHint="Part of every lora name and of x-tenant-id; it cannot change later."
          problem={create.problem}
        />
        <Field label="When its version cannot be served" error={fieldError(create.problem, "fallback")}>
          {(control) => (
            <Select
              {...control}
              value={fallback}
              onChange={(event) => setFallback(fallbackOf(event.target.value))}
              options={FALLBACK_OPTIONS}
            />
          )}
        </Field>
        {create.problem && create.problem.errors.length === 0 && <ErrorState problem={create.problem} size="inline" />}
      </form>
    </Dialog>
  );
}
