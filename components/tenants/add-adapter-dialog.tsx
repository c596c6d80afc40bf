"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import type { Problem } from "#lib/http/schema.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { fieldError } from "../ui/field-error.ts";
import { FormProblem } from "../ui/form-problem.tsx";
import { Select } from "../ui/input.tsx";
import { type NameAndSlug, NameAndSlugFields, slugOf } from "../ui/name-and-slug.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";

type Props = { tenantId: string; open: boolean; onOpenChange: (open: boolean) => void };

/** Asks for a name and a pool, and leads to the new adapter. */
export function AddAdapterDialog({ tenantId, open, onOpenChange }: Props) {
  const router = useRouter();
  const [named, setNamed] = useState<NameAndSlug>({ name: "", slug: null });
  const [chosen, setChosen] = useState("");
  const pools = useApi("GET /pools", { query: { limit: 200 } }, { enabled: open }).data?.items ?? [];
  const poolId = chosen || (pools.length === 1 ? (pools[0]?.id ?? "") : "");
  const create = useApiMutation("POST /tenants/{tenantId}/adapters", {
    alsoRefresh: ["adapters"],
    onDone: (adapter) => {
      onOpenChange(false);
      router.push(`/adapters/${adapter.id}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.run({ params: { tenantId }, body: { name: named.name, slug: slugOf(named), poolId } });
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
        <NameAndSlugFields
          value={named}
          onChange={setNamed}
          slugHint="The model name that callers send."
          problem={create.problem}
        />
        <PoolField pools={pools} value={poolId} onChange={setChosen} problem={create.problem} />
        <FormProblem problem={create.problem} fields={["name", "slug", "poolId"]} />
      </form>
    </Dialog>
  );
}

function PoolField({
  pools,
  value,
  onChange,
  problem,
}: {
  pools: readonly Pool[];
  value: string;
  onChange: (poolId: string) => void;
  problem: Problem | null;
}) {
  return (
    <Field label="Pool" error={fieldError(problem, "poolId")}>
      {(control) => (
        <Select
          {...control}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          {...(pools.length === 1 ? {} : { placeholder: "Choose a pool" })}
          options={pools.map((pool) => ({
            value: pool.id,
            label: `${pool.name} · ${pool.baseModel} · rank ${pool.maxLoraRank}`,
          }))}
        />
      )}
    </Field>
  );
}
