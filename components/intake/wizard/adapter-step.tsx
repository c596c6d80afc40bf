"use client";

import { type FormEvent, useState } from "react";
import type { Pool } from "#lib/pools/schema.ts";
import { Button, TextLink } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { Field } from "../../ui/field.tsx";
import { fieldError } from "../../ui/field-error.ts";
import { FormProblem } from "../../ui/form-problem.tsx";
import { Select } from "../../ui/input.tsx";
import { type NameAndSlug, NameAndSlugFields, slugOf } from "../../ui/name-and-slug.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useApi, useApiMutation } from "../../ui/use-api.ts";
import { AsApi, curl } from "../as-api.tsx";
import { PoolFit } from "./pool-fit.tsx";

/** What the customer's model is called, and which nodes it will run on. */
export function AdapterStep({ tenantId }: { tenantId: string }) {
  const read = useApi("GET /pools", { query: { limit: 200 } });
  const pools = read.data?.items;
  if (pools === undefined)
    return read.problem ? <ErrorState problem={read.problem} onRetry={read.retry} /> : <Skeleton className="h-60" />;
  if (pools.length === 0)
    return (
      <EmptyState title="No pool yet" action={<TextLink href="/pools">Add a pool</TextLink>}>
        An adapter belongs to a pool: nodes with the same base model. Continue here when a pool exists.
      </EmptyState>
    );
  return <AdapterForm tenantId={tenantId} pools={pools} />;
}

function AdapterForm({ tenantId, pools }: { tenantId: string; pools: readonly Pool[] }) {
  const [named, setNamed] = useState<NameAndSlug>({ name: "", slug: null });
  const [chosen, setChosen] = useState("");
  const poolId = chosen || (pools.length === 1 ? (pools[0]?.id ?? "") : "");
  const pool = pools.find(({ id }) => id === poolId);
  const create = useApiMutation("POST /tenants/{tenantId}/adapters", { alsoRefresh: ["adapters"] });
  const body = { name: named.name, slug: slugOf(named), poolId };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.run({ params: { tenantId }, body });
  };
  return (
    <>
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <NameAndSlugFields
          value={named}
          onChange={setNamed}
          slugHint="The model name that callers send."
          problem={create.problem}
        />
        <Field label="Pool" error={fieldError(create.problem, "poolId")}>
          {(control) => (
            <Select
              {...control}
              value={poolId}
              onChange={(event) => setChosen(event.target.value)}
              {...(pools.length === 1 ? {} : { placeholder: "Choose a pool" })}
              options={pools.map((each) => ({
                value: each.id,
                label: `${each.name} · ${each.baseModel} · rank ${each.maxLoraRank}`,
              }))}
            />
          )}
        </Field>
        {pool && <PoolFit pool={pool} />}
        <FormProblem problem={create.problem} fields={["name", "slug", "poolId"]} />
        <Button
          variant="primary"
          type="submit"
          pending={create.isPending}
          disabledReason={pool ? null : "Choose a pool first."}
          className="self-start"
        >
          Add adapter
        </Button>
      </form>
      <AsApi commands={(base) => [curl(`${base}/tenants/${tenantId}/adapters`, body)]} />
    </>
  );
}
