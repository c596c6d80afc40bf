"use client";

import type { ReactNode } from "react";
import type { FieldValues } from "react-hook-form";
import { Button } from "../button.tsx";
import { Card } from "../card.tsx";
import { ErrorState } from "../error-state.tsx";
import { LeaveGuard } from "./leave-guard.tsx";
import type { ApiForm } from "./use-api-form.ts";

/** One group of an object's settings: edited over what was read, saved whole or discarded. */
export function EditCard<Values extends FieldValues>({
  form,
  title,
  saveLabel = `Save ${title.toLowerCase()}`,
  onDiscard,
  children,
}: {
  form: ApiForm<Values>;
  title: string;
  /** Verb and object. */
  saveLabel?: string;
  /** Reads again: what others saved in between is seen at once. */
  onDiscard: () => void;
  children: ReactNode;
}) {
  const discard = () => {
    form.discard();
    onDiscard();
  };
  return (
    <Card title={title}>
      <form onSubmit={form.submit} className="flex flex-col gap-4" noValidate>
        {children}
        {form.problem && <ErrorState problem={form.problem} size="inline" />}
        <div className="flex flex-wrap gap-2">
          <Button
            type="submit"
            disabledReason={form.denied ?? (form.isDirty ? undefined : "No changes to save.")}
            pending={form.isSending}
          >
            {saveLabel}
          </Button>
          {form.rebase && <Button onClick={form.rebase}>Apply my changes to the new version</Button>}
          {form.isDirty && <Button onClick={discard}>Discard changes</Button>}
        </div>
      </form>
      {form.isDirty && <LeaveGuard title={title} />}
    </Card>
  );
}
