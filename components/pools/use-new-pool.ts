import { type FormEvent, useEffect, useRef, useState } from "react";
import { notify } from "#components/ui/toast.tsx";
import { useApi, useApiMutation } from "#components/ui/use-api.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { NOTHING_READ } from "./base-files.ts";
import { fillDraft, type PoolDraft, toNewPool } from "./pool-draft.ts";

/**
 * A pool that is being made: what is typed and picked until it is sent. Nothing is sent before the base model's files
 * were read; a refusal puts the focus on the first field to be mended, since the form is longer than the screen.
 */
export function useNewPool(options: {
  start: () => PoolDraft;
  /** False while the form is not shown: nothing is asked of the server then. */
  enabled: boolean;
  onMade: (pool: Pool) => void;
}) {
  const [draft, setDraft] = useState<PoolDraft>(options.start);
  const [read, setRead] = useState(NOTHING_READ);
  const [sends, setSends] = useState(0);
  const tenantCount = useApi("GET /overview", {}, { enabled: options.enabled }).data?.tenants.total ?? null;
  const create = useApiMutation("POST /pools", {
    onDone: (pool) => {
      notify({ title: `${pool.name} added`, tone: "ok" });
      options.onMade(pool);
    },
  });
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (sends > 0 && !create.isPending) element.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [sends, create.isPending]);
  const filled = fillDraft(draft, { config: read.files.configJson ?? null, tenantCount });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSends(sends + 1);
    const { configJson, tokenizerJson, ...optional } = read.files;
    if (configJson === undefined || tokenizerJson === undefined || Object.keys(read.wrong).length > 0) return;
    create.run({ body: toNewPool(filled, { configJson, tokenizerJson, ...optional }) });
  };
  const reset = () => {
    setDraft(options.start());
    setRead(NOTHING_READ);
    setSends(0);
    create.reset();
  };
  const onChange = (change: Partial<PoolDraft>) => setDraft((before) => ({ ...before, ...change }));
  return {
    form: { draft: filled, onChange, problem: create.problem, tenantCount },
    files: { read, onRead: setRead, wasSent: sends > 0 },
    element,
    submit,
    reset,
    isPending: create.isPending,
  };
}
