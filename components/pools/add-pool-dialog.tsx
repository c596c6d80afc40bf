"use client";

import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { NewPoolFields } from "./new-pool-fields.tsx";
import { EMPTY_DRAFT } from "./pool-draft.ts";
import { useNewPool } from "./use-new-pool.ts";

/** Makes a pool from the base model's own files and the limits its nodes start with, and leads to it. */
export function AddPoolDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const router = useRouter();
  const { form, files, element, submit, reset, isPending } = useNewPool({
    start: () => EMPTY_DRAFT,
    enabled: open,
    onMade: (pool) => {
      close();
      router.push(`/pools/${pool.id}`);
    },
  });
  const close = () => {
    reset();
    onOpenChange(false);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? onOpenChange(true) : close())}
      size="lg"
      title="Add pool"
      description="A pool is a set of nodes with the same base model, rank and limits. Every adapter is checked against it."
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
        <NewPoolFields form={form} files={files} />
      </form>
    </Dialog>
  );
}
