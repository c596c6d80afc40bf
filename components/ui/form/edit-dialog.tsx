"use client";

import { type ReactNode, useEffect, useId, useRef } from "react";
import type { FieldValues } from "react-hook-form";
import { Button } from "../button.tsx";
import { Dialog, type DialogProps } from "../dialog.tsx";
import { ErrorState } from "../error-state.tsx";
import type { ApiForm } from "./use-api-form.ts";

/** Who opens it again finds nothing of what was typed and not sent. */
function useStartAnew(isOpen: boolean, discard: () => void): void {
  const latest = useRef(discard);
  latest.current = discard;
  useEffect(() => {
    if (!isOpen) latest.current();
  }, [isOpen]);
}

/**
 * A form in a dialog: fields, what none of them can show, then Cancel and the button that sends it. Once something is typed,
 * neither Esc nor a click beside it throws that away.
 */
export function EditDialog<Values extends FieldValues>({
  form,
  submitLabel,
  tone = "primary",
  disabledReason,
  onClose,
  open = true,
  children,
  ...dialog
}: Pick<DialogProps, "title" | "description" | "size"> & {
  form: ApiForm<Values>;
  /** Verb and object. */
  submitLabel: string;
  tone?: "primary" | "danger";
  /** Why it cannot be sent yet. */
  disabledReason?: string | undefined;
  onClose: () => void;
  open?: boolean;
  children: ReactNode;
}) {
  const id = useId();
  useStartAnew(open, form.discard);
  return (
    <Dialog
      {...dialog}
      open={open}
      holdsInput={form.isDirty}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant={tone}
            type="submit"
            form={id}
            pending={form.isSending}
            disabledReason={form.denied ?? disabledReason}
          >
            {submitLabel}
          </Button>
        </>
      }
    >
      <form id={id} onSubmit={form.submit} className="flex flex-col gap-4" noValidate>
        {children}
        {form.problem && <ErrorState problem={form.problem} size="inline" />}
      </form>
    </Dialog>
  );
}
