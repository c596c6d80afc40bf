"use client";

import type { ReactNode } from "react";
import type * as z from "zod";
import { EditCard, type EditFields } from "#components/ui/edit-card.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Pool, UpdatePool } from "#lib/pools/schema.ts";
import { usePool } from "./pool-frame.tsx";

/** One group of a pool's settings. */
export function PoolEditCard<Edit extends { generation: number }>({
  pool,
  title,
  read,
  toBody,
  fields,
  children,
}: {
  pool: Pool;
  title: string;
  read: (pool: Pool) => Edit;
  toBody: (edit: Edit, pool: Pool) => z.input<typeof UpdatePool>;
  fields: readonly string[];
  children: (form: EditFields<Edit>) => ReactNode;
}) {
  const denied = useDenied("fleet.write");
  const { retry } = usePool(pool.id);
  const { problem, isPending, run, reset } = useApiMutation("PATCH /pools/{poolId}", {
    alsoRefresh: ["nodes", "placements"],
    onDone: () => notify({ title: `${title} saved`, tone: "ok" }),
  });
  return (
    <EditCard
      title={title}
      saved={read(pool)}
      denied={denied}
      problem={problem}
      pending={isPending}
      fields={fields}
      onSave={(edit, done) =>
        run({ params: { poolId: pool.id }, generation: edit.generation, body: toBody(edit, pool) }, { onSuccess: done })
      }
      onDiscard={() => {
        reset();
        retry();
      }}
    >
      {children}
    </EditCard>
  );
}
