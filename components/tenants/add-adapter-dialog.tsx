"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Field } from "../ui/field.tsx";
import { fieldError } from "../ui/field-error.ts";
import { Input, Select } from "../ui/input.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";
import { proposeSlug } from "./propose-slug.ts";

/** Asks for a name and a pool, and leads to the new adapter. */
export function AddAdapterDialog({
  tenantId,
  open,
  onOpenChange,
}: {
  tenantId: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const router = useRouter();
  const [name, setName] = useState("");
  const [slug, setSlug] = useState<string | null>(null);
  const [poolId, setPoolId] = useState("");
  const pools = useApi("GET /pools", { query: { limit: 200 } }, { enabled: open });
  const only = pools.data?.items.length === 1 ? pools.data.items[0]?.id : undefined;
  const create = useApiMutation("POST /tenants/{tenantId}/adapters", {
    alsoRefresh: ["adapters"],
    onDone: (adapter) => {
      onOpenChange(false);
      router.push(`/adapters/${adapter.id}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.run({
      params: { tenantId },
      body: { name, slug: slug ?? proposeSlug(name), poolId: poolId || (only ?? "") },
    });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Add adapter"
      description="Its versions must be trained for the pool's base model, at the pool's rank."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button variant="primary" type="submit" form="add-adapter" pending={create.isPending}>
            Add adapter
          </Button>
        </>
      }
    >
      <form id="add-adapter" onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <Field label="Name" error={fieldError(create.problem, "name")}>
          {(control) => (
            <Input
              {...control}
              autoFocus
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label="Slug" hint="The model name that callers send." error={fieldError(create.problem, "slug")}>
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              spellCheck={false}
              className="font-mono"
              value={slug ?? proposeSlug(name)}
              onChange={(event) => setSlug(event.target.value)}
            />
          )}
        </Field>
        <Field label="Pool" error={fieldError(create.problem, "poolId")}>
          {(control) => (
            <Select
              {...control}
              value={poolId || (only ?? "")}
              onChange={(event) => setPoolId(event.target.value)}
              {...(only ? {} : { placeholder: "Choose a pool" })}
              options={(pools.data?.items ?? []).map((pool) => ({
                value: pool.id,
                label: `${pool.name} · ${pool.baseModel} · rank ${pool.maxLoraRank}`,
              }))}
            />
          )}
        </Field>
        {create.problem && create.problem.errors.length === 0 && <ErrorState problem={create.problem} size="inline" />}
      </form>
    </Dialog>
  );
}
