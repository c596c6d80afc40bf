"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import type * as z from "zod";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { Pool, UpdatePool } from "#lib/pools/schema.ts";
import { usePool } from "./pool-frame.tsx";

/** What the fields of an edit are given. */
export type EditFields<Edit> = {
  shown: Edit;
  onChange: (part: Partial<Edit>) => void;
  problem: Problem | null;
  isReadOnly: boolean;
};

/** One group of a pool's settings: edited over the generation that was read, saved whole or discarded. */
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
  /** Whose errors stand beside them; what does not is shown under the form. */
  fields: readonly string[];
  children: (form: EditFields<Edit>) => ReactNode;
}) {
  const [edit, setEdit] = useState<Edit | null>(null);
  const denied = useDenied("fleet.write");
  const { retry } = usePool(pool.id);
  const { problem, isPending, run, reset } = useApiMutation("PATCH /pools/{poolId}", {
    alsoRefresh: ["nodes", "placements"],
    onDone: () => {
      setEdit(null);
      notify({ title: `${title} saved`, tone: "ok" });
    },
  });
  const shown = edit ?? read(pool);
  const discard = () => {
    setEdit(null);
    reset();
    retry(); // whoever saved in between is seen at once
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run({ params: { poolId: pool.id }, generation: shown.generation, body: toBody(shown, pool) });
  };
  const onChange = (part: Partial<Edit>) => setEdit({ ...shown, ...part });
  const isPlaced =
    problem !== null && problem.errors.length > 0 && problem.errors.every(({ field }) => fields.includes(field));
  return (
    <Card title={title}>
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
        {children({ shown, onChange, problem, isReadOnly: denied !== undefined })}
        {problem && !isPlaced && <ErrorState problem={problem} size="inline" />}
        <div className="flex gap-2">
          <Button
            type="submit"
            disabledReason={denied ?? (edit === null ? "Nothing was changed." : undefined)}
            pending={isPending}
          >
            Save {title.toLowerCase()}
          </Button>
          {edit !== null && <Button onClick={discard}>Discard changes</Button>}
        </div>
      </form>
    </Card>
  );
}
