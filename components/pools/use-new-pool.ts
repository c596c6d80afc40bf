import { useEffect, useRef, useState } from "react";
import { useApiForm, useFormValues } from "#components/ui/form/use-api-form.ts";
import { notify } from "#components/ui/toast.tsx";
import { useApi, useApiMutation } from "#components/ui/use-api.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { NOTHING_READ, type ReadBaseFiles } from "./base-files.ts";
import { bodyOf, type PoolValues, proposalsFor } from "./pool-proposals.ts";

/**
 * A pool that is being made: what is typed and picked until it is sent. Nothing is sent before the base model's files
 * were read; a refusal puts the focus on the first field to be mended, since the form is longer than the screen.
 */
export function useNewPool(start: PoolValues, onMade: (pool: Pool) => void) {
  const [read, setRead] = useState(NOTHING_READ);
  const [judged, setJudged] = useState<ReadBaseFiles | null>(null);
  const tenantCount = useApi("GET /overview", {}).data?.tenants.total ?? null;
  const facts = { config: read.files.configJson ?? null, tenantCount };
  const create = useApiMutation("POST /pools", {
    onDone: (pool) => {
      notify({ title: `${pool.name} added`, tone: "ok" });
      onMade(pool);
    },
  });
  const form = useApiForm({
    start,
    callOf: (values) => {
      const body = bodyOf(values, facts, Object.keys(read.wrong).length > 0 ? undefined : read.files);
      return {
        schema: async () => (await import("#lib/pools/schema.ts")).CreatePool,
        body,
        send: () => create.runAsync({ body }),
      };
    },
  });
  const { isSending, wasSubmitted } = form;
  const element = useRef<HTMLFormElement>(null);
  const latest = useRef(read);
  latest.current = read;
  useEffect(() => {
    if (!wasSubmitted || isSending) return;
    setJudged(latest.current);
    // after the form's own choice, which knows nothing of the field of the files
    const timer = setTimeout(() => element.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
    return () => clearTimeout(timer);
  }, [wasSubmitted, isSending]);
  return {
    fields: { form, proposed: proposalsFor(useFormValues(form), facts), tenantCount },
    files: { read, onRead: setRead, isJudged: judged === read },
    element,
  };
}
