"use client";

import type { ReactNode } from "react";
import type { FieldValues } from "react-hook-form";
import { Button } from "../button.tsx";
import { ErrorState } from "../error-state.tsx";
import type { ApiForm } from "./use-api-form.ts";

/** The end of a form on a page or in a panel: what none of its fields can show, and the button that sends it. */
export function SubmitRow<Values extends FieldValues>({
  form,
  label,
  blocked,
  children,
}: {
  form: ApiForm<Values>;
  /** Verb and object. */
  label: ReactNode;
  /** Why it cannot be sent, where that is no matter of its fields. */
  blocked?: string | undefined;
  /** Beside the button. */
  children?: ReactNode;
}) {
  return (
    <>
      {form.problem && <ErrorState problem={form.problem} size="inline" />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" pending={form.isSending} disabledReason={form.denied ?? blocked}>
          {label}
        </Button>
        {children}
      </div>
    </>
  );
}
