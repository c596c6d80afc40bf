"use client";

import { type ReactNode, useId } from "react";
import type { FieldValues } from "react-hook-form";
import { Button } from "../button.tsx";
import { Dialog, type DialogProps } from "../dialog.tsx";
import { ErrorState } from "../error-state.tsx";
import type { ApiForm } from "./use-api-form.ts";

/** A form in a dialog: fields, what none of them can show, then Cancel and the button that sends it. */
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
  return (
    <Dialog
      {...dialog}
      open={open}
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
