"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApi, useApiMutation } from "#components/ui/use-api.ts";
import { NOTHING_READ } from "./base-files.ts";
import { BaseFilesField } from "./base-files-field.tsx";
import { EMPTY_DRAFT, fillDraft, type PoolDraft, toNewPool } from "./pool-draft.ts";
import { EngineFields, IdentityFields, isPlaced, ServingFields } from "./pool-form.tsx";

/** Makes a pool from the base model's own files and the limits its nodes start with, and leads to it. */
export function AddPoolDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const router = useRouter();
  const [draft, setDraft] = useState<PoolDraft>(EMPTY_DRAFT);
  const [read, setRead] = useState(NOTHING_READ);
  const [wasSent, setWasSent] = useState(false);
  const tenantCount = useApi("GET /overview", {}, { enabled: open }).data?.tenants.total ?? null;
  const create = useApiMutation("POST /pools", {
    onDone: (pool) => {
      notify({ title: `${pool.name} added`, tone: "ok" });
      close();
      router.push(`/pools/${pool.id}`);
    },
  });
  const close = () => {
    setDraft(EMPTY_DRAFT);
    setRead(NOTHING_READ);
    setWasSent(false);
    create.reset();
    onOpenChange(false);
  };
  const filled = fillDraft(draft, { config: read.files.configJson ?? null, tenantCount });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setWasSent(true);
    const { configJson, tokenizerJson, ...optional } = read.files;
    if (configJson === undefined || tokenizerJson === undefined || Object.keys(read.wrong).length > 0) return;
    create.run({ body: toNewPool(filled, { configJson, tokenizerJson, ...optional }) });
  };
  const { problem } = create;
  const form = {
    draft: filled,
    onChange: (change: Partial<PoolDraft>) => setDraft((before) => ({ ...before, ...change })),
    problem,
    tenantCount,
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? onOpenChange(true) : close())}
      size="lg"
      title="Add pool"
      description="Nodes with one base model, one rank and the same limits. Every adapter is checked against it."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" type="submit" form="add-pool" pending={create.isPending}>
            Add pool
          </Button>
        </>
      }
    >
      <form id="add-pool" onSubmit={submit} className="flex flex-col gap-6" noValidate>
        <IdentityFields {...form} />
        <BaseFilesField read={read} onRead={setRead} problem={problem} wasSent={wasSent} />
        <EngineFields {...form} />
        <ServingFields {...form} />
        {problem && !isPlaced(problem) && <ErrorState problem={problem} size="inline" />}
      </form>
    </Dialog>
  );
}
