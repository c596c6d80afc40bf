"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useRef, useState } from "react";
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
  const { form, files, submit, isPending, sends, close } = useNewPool(open, () => onOpenChange(false));
  const { problem } = form;
  // the form is longer than the dialog: what must be mended has to come into view
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (sends > 0 && !isPending) element.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [sends, isPending]);
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
          <Button variant="primary" type="submit" form="add-pool" pending={isPending}>
            Add pool
          </Button>
        </>
      }
    >
      <form ref={element} id="add-pool" onSubmit={submit} className="flex flex-col gap-6" noValidate>
        <IdentityFields {...form} />
        <BaseFilesField {...files} problem={problem} wasSent={sends > 0} />
        <EngineFields {...form} />
        <ServingFields {...form} />
        {problem && !isPlaced(problem) && <ErrorState problem={problem} size="inline" />}
      </form>
    </Dialog>
  );
}

/** What is typed and picked until it is sent; nothing of it is left when the dialog closes. */
function useNewPool(open: boolean, onClose: () => void) {
  const router = useRouter();
  const [draft, setDraft] = useState<PoolDraft>(EMPTY_DRAFT);
  const [read, setRead] = useState(NOTHING_READ);
  const [sends, setSends] = useState(0);
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
    setSends(0);
    create.reset();
    onClose();
  };
  const filled = fillDraft(draft, { config: read.files.configJson ?? null, tenantCount });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSends(sends + 1);
    const { configJson, tokenizerJson, ...optional } = read.files;
    if (configJson === undefined || tokenizerJson === undefined || Object.keys(read.wrong).length > 0) return;
    create.run({ body: toNewPool(filled, { configJson, tokenizerJson, ...optional }) });
  };
  const onChange = (change: Partial<PoolDraft>) => setDraft((before) => ({ ...before, ...change }));
  return {
    form: { draft: filled, onChange, problem: create.problem, tenantCount },
    files: { read, onRead: setRead },
    submit,
    isPending: create.isPending,
    sends,
    close,
  };
}
