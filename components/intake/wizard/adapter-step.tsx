"use client";

import type { Pool } from "#lib/pools/schema.ts";
import { Button, TextLink } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { FormSelect } from "../../ui/form/form-fields.tsx";
import { useApiForm, useFormValues } from "../../ui/form/use-api-form.ts";
import { NameAndSlugFields, slugOf } from "../../ui/name-and-slug.tsx";
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

type Values = { name: string; slug: string | null; poolId: string };

/** Where there is only one pool, it is that one. */
const bodyOf = (values: Values, pools: readonly Pool[]) => ({
  name: values.name,
  slug: slugOf(values),
  poolId: values.poolId || (pools.length === 1 ? (pools[0]?.id ?? "") : ""),
});

function AdapterForm({ tenantId, pools }: { tenantId: string; pools: readonly Pool[] }) {
  const create = useApiMutation("POST /tenants/{tenantId}/adapters", { alsoRefresh: ["adapters"] });
  const form = useApiForm<Values>({
    start: { name: "", slug: null, poolId: "" },
    callOf: (values) => {
      const body = bodyOf(values, pools);
      return {
        schema: async () => (await import("#lib/registry/schema.ts")).CreateAdapter,
        body,
        send: () => create.runAsync({ params: { tenantId }, body }),
      };
    },
  });
  const body = bodyOf(useFormValues(form), pools);
  const pool = pools.find(({ id }) => id === body.poolId);
  return (
    <>
      <form onSubmit={form.submit} className="flex flex-col gap-4" noValidate>
        <NameAndSlugFields form={form} slugHint="The model name that callers send." />
        <FormSelect
          form={form}
          name="poolId"
          label="Pool"
          mend="Choose a pool."
          {...(pools.length === 1 ? {} : { placeholder: "Choose a pool" })}
          options={pools.map((each) => ({
            value: each.id,
            label: `${each.name} · ${each.baseModel} · rank ${each.maxLoraRank}`,
          }))}
        />
        {pool && <PoolFit pool={pool} />}
        {form.problem && <ErrorState problem={form.problem} size="inline" />}
        <Button variant="primary" type="submit" pending={form.isSending} className="self-start">
          Add adapter
        </Button>
      </form>
      <AsApi commands={(base) => [curl(`${base}/tenants/${tenantId}/adapters`, body)]} />
    </>
  );
}
