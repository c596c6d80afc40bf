"use client";

import { useRouter } from "next/navigation";
import { ConfirmConsequences } from "#components/ui/confirm-consequences.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Pool } from "#lib/pools/schema.ts";

type Props = { pool: Pool; open: boolean; onOpenChange: (open: boolean) => void };

/** Says what goes with a pool; what stands in the way comes back as the refusal. */
export function DeletePoolDialog({ pool, open, onOpenChange }: Props) {
  const router = useRouter();
  const remove = useApiMutation("DELETE /pools/{poolId}", {
    alsoRefresh: ["adapters"],
    onDone: () => {
      notify({ title: `${pool.name} deleted`, tone: "ok" });
      router.push("/pools");
    },
  });
  const adapters = pool.adapterCount === 1 ? "1 adapter" : `${pool.adapterCount} adapters`;
  return (
    <ConfirmConsequences
      open={open}
      onOpenChange={(next) => {
        if (!next) remove.reset();
        onOpenChange(next);
      }}
      title={`Delete ${pool.name}?`}
      confirmLabel={`Delete ${pool.slug}`}
      tone="danger"
      typedName={pool.slug}
      pending={remove.isPending}
      problem={remove.problem}
      onConfirm={() => remove.run({ params: { poolId: pool.id } })}
      consequences={{
        changes: [
          "Its settings, rollouts and objectives are removed. The audit trail is kept.",
          pool.adapterCount === 0
            ? "It has no adapters."
            : `${adapters} without a version are removed with it, and so are their past cutovers and evaluations.`,
          "A pool with nodes or versions cannot be deleted.",
        ],
        tenantCount: 0,
        load: null,
        undo: null,
      }}
    />
  );
}
