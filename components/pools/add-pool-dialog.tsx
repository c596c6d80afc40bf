"use client";

import { useRouter } from "next/navigation";
import { useId } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { NewPoolFields } from "./new-pool-fields.tsx";
import { EMPTY_POOL } from "./pool-proposals.ts";
import { useNewPool } from "./use-new-pool.ts";

/** Makes a pool from the base model's own files and the limits its nodes start with, and leads to it. */
export function AddPoolDialog({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const id = useId();
  const { fields, files, element } = useNewPool(EMPTY_POOL, (pool) => {
    onClose();
    router.push(`/pools/${pool.id}`);
  });
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      size="lg"
      title="Add pool"
      description="A pool is a set of nodes with the same base model, rank and limits. Every adapter is checked against it."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={id} pending={fields.form.isSending}>
            Add pool
          </Button>
        </>
      }
    >
      <form ref={element} id={id} onSubmit={fields.form.submit} className="flex flex-col gap-6" noValidate>
        <NewPoolFields fields={fields} files={files} />
      </form>
    </Dialog>
  );
}
