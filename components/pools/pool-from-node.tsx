"use client";

import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApi, useApiMutation } from "#components/ui/use-api.ts";
import type { PoolProposal } from "#lib/fleet/browser/inspection-schema.ts";
import { NOTHING_READ } from "./base-files.ts";
import { BaseFilesField } from "./base-files-field.tsx";
import { fillDraft, type PoolDraft, toNewPool } from "./pool-draft.ts";
import { EngineFields, IdentityFields, isPlaced, ServingFields } from "./pool-form.tsx";
import { proposedDraft } from "./proposed-draft.ts";

/** A pool made from what a running node is: each field says whether the engine told it, or somebody has to. */
export function PoolFromNode({ proposal, onMade }: { proposal: PoolProposal; onMade: (poolId: string) => void }) {
  const [draft, setDraft] = useState<PoolDraft>(() => proposedDraft(proposal));
  const [read, setRead] = useState(NOTHING_READ);
  const [sends, setSends] = useState(0);
  const tenantCount = useApi("GET /overview", {}).data?.tenants.total ?? null;
  const create = useApiMutation("POST /pools", {
    onDone: (pool) => {
      notify({ title: `${pool.name} added`, tone: "ok" });
      onMade(pool.id);
    },
  });
  const { problem, isPending } = create;
  // the form is longer than the screen: what must be mended has to come into view
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (sends > 0 && !isPending) element.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [sends, isPending]);
  const filled = fillDraft(draft, { config: read.files.configJson ?? null, tenantCount });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSends(sends + 1);
    const { configJson, tokenizerJson, ...optional } = read.files;
    if (configJson === undefined || tokenizerJson === undefined || Object.keys(read.wrong).length > 0) return;
    create.run({ body: toNewPool(filled, { configJson, tokenizerJson, ...optional }) });
  };
  const form = {
    draft: filled,
    onChange: (change: Partial<PoolDraft>) => setDraft((before) => ({ ...before, ...change })),
    problem,
    tenantCount,
    sources: proposal,
    autoFocus: false,
  };
  return (
    <form ref={element} onSubmit={submit} className="flex flex-col gap-6 border-t pt-5" noValidate>
      <IdentityFields {...form} />
      <BaseFilesField read={read} onRead={setRead} problem={problem} wasSent={sends > 0} />
      <EngineFields {...form} />
      <ServingFields {...form} />
      {problem && !isPlaced(problem) && <ErrorState problem={problem} size="inline" />}
      <div>
        <Button variant="primary" type="submit" pending={isPending}>
          Add pool
        </Button>
      </div>
    </form>
  );
}
