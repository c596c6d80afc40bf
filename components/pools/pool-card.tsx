"use client";

import type { ReactNode } from "react";
import type * as z from "zod";
import { EditCard } from "#components/ui/form/edit-card.tsx";
import { type ApiForm, useApiForm } from "#components/ui/form/use-api-form.ts";
import { useDenied } from "#components/ui/reader.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Pool, UpdatePool } from "#lib/pools/schema.ts";
import { usePool } from "./pool-frame.tsx";

/** One group of a pool's settings, sent over the generation that the edit began with. */
export function PoolCard<Values extends Pool>({
  pool,
  title,
  bodyOf,
  children,
}: {
  /** As it was read, and what else stands in the form. */
  pool: Values;
  title: string;
  bodyOf: (values: Values) => z.input<typeof UpdatePool>;
  children: (form: ApiForm<Values>) => ReactNode;
}) {
  const denied = useDenied("fleet.write");
  const { retry } = usePool(pool.id);
  const update = useApiMutation("PATCH /pools/{poolId}", {
    alsoRefresh: ["nodes", "placements"],
    onDone: () => notify({ title: `${title} saved`, tone: "ok" }),
  });
  const form = useApiForm({
    start: pool,
    followsStart: true,
    denied,
    callOf: (values) => {
      const body = bodyOf(values);
      return {
        schema: async () => (await import("#lib/pools/schema.ts")).UpdatePool,
        body,
        send: () => update.runAsync({ params: { poolId: pool.id }, generation: values.generation, body }),
      };
    },
  });
  return (
    <EditCard form={form} title={title} onDiscard={retry}>
      {children(form)}
    </EditCard>
  );
}
