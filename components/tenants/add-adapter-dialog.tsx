"use client";

import { useRouter } from "next/navigation";
import { EditDialog } from "../ui/form/edit-dialog.tsx";
import { FormSelect } from "../ui/form/form-fields.tsx";
import { useApiForm } from "../ui/form/use-api-form.ts";
import { NameAndSlugFields, slugOf } from "../ui/name-and-slug.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";

type Props = { tenantId: string; open: boolean; onOpenChange: (open: boolean) => void };
type Values = { name: string; slug: string | null; poolId: string };

/** Asks for a name and a pool, and leads to the new adapter. */
export function AddAdapterDialog({ tenantId, open, onOpenChange }: Props) {
  const router = useRouter();
  const pools = useApi("GET /pools", { query: { limit: 200 } }, { enabled: open }).data?.items ?? [];
  const only = pools.length === 1 ? pools[0] : undefined;
  const create = useApiMutation("POST /tenants/{tenantId}/adapters", {
    alsoRefresh: ["adapters"],
    onDone: (adapter) => {
      onOpenChange(false);
      router.push(`/adapters/${adapter.id}`);
    },
  });
  const form = useApiForm<Values>({
    start: { name: "", slug: null, poolId: "" },
    callOf: (values) => {
      const body = { name: values.name, slug: slugOf(values), poolId: values.poolId || (only?.id ?? "") };
      return {
        schema: async () => (await import("#lib/registry/schema.ts")).CreateAdapter,
        body,
        send: () => create.runAsync({ params: { tenantId }, body }),
      };
    },
  });
  return (
    <EditDialog
      form={form}
      open={open}
      onClose={() => onOpenChange(false)}
      title="Add adapter"
      description="Its versions must be trained for the pool's base model, at the pool's rank."
      submitLabel="Add adapter"
    >
      <NameAndSlugFields form={form} slugHint="The model name that callers send." />
      <FormSelect
        form={form}
        name="poolId"
        label="Pool"
        {...(only ? {} : { placeholder: "Choose a pool" })}
        options={pools.map((pool) => ({
          value: pool.id,
          label: `${pool.name} · ${pool.baseModel} · rank ${pool.maxLoraRank}`,
        }))}
      />
    </EditDialog>
  );
}
