"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import type { Problem } from "#lib/http/schema.ts";
import { Button } from "./button.tsx";
import { Card } from "./card.tsx";
import { ErrorState } from "./error-state.tsx";

/** What the fields of an edit are given. */
export type EditFields<Edit> = {
  shown: Edit;
  onChange: (part: Partial<Edit>) => void;
  problem: Problem | null;
  isReadOnly: boolean;
};

/** One group of an object's settings: edited over what was read, saved whole or discarded. */
export function EditCard<Edit extends object>({
  title,
  saved,
  denied,
  problem,
  pending,
  fields,
  onSave,
  onDiscard,
  children,
}: {
  title: string;
  /** As it was read; an edit starts from it and keeps its generation, so that whoever saved in between is not overwritten. */
  saved: Edit;
  /** Why it may not be changed. */
  denied: string | undefined;
  problem: Problem | null;
  pending: boolean;
  /** Whose errors stand beside them; what does not is shown under the form. */
  fields: readonly string[];
  /** `done` takes the edit off the screen. */
  onSave: (edit: Edit, done: () => void) => void;
  /** Reads again: whoever saved in between is seen at once. */
  onDiscard: () => void;
  children: (form: EditFields<Edit>) => ReactNode;
}) {
  const [edit, setEdit] = useState<Edit | null>(null);
  const shown = edit ?? saved;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave(shown, () => setEdit(null));
  };
  const discard = () => {
    setEdit(null);
    onDiscard();
  };
  const onChange = (part: Partial<Edit>) => setEdit({ ...shown, ...part });
  const isPlaced =
    problem !== null && problem.errors.length > 0 && problem.errors.every(({ field }) => fields.includes(field));
  return (
    <Card title={title}>
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
        {children({ shown, onChange, problem, isReadOnly: denied !== undefined })}
        {problem && !isPlaced && <ErrorState problem={problem} size="inline" />}
        <div className="flex gap-2">
          <Button
            type="submit"
            disabledReason={denied ?? (edit === null ? "No changes to save." : undefined)}
            pending={pending}
          >
            Save {title.toLowerCase()}
          </Button>
          {edit !== null && <Button onClick={discard}>Discard changes</Button>}
        </div>
      </form>
    </Card>
  );
}
