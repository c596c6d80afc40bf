import type { FormEvent, ReactNode } from "react";
import type { Problem } from "#lib/http/schema.ts";
import { Button } from "../../ui/button.tsx";
import { ErrorState } from "../../ui/error-state.tsx";

type StartFormProps = {
  label: string;
  pending: boolean;
  /** Why nothing can be started; null or undefined = it can. */
  blocked: string | null | undefined;
  /** What the server refused, unless a field says so itself. */
  problem: Problem | null;
  onSubmit: () => void;
  /** Beside the button. */
  more?: ReactNode;
  children: ReactNode;
};

/** The frame of every way to begin an import: its fields, what was refused, one button. */
export function StartForm({ label, pending, blocked, problem, onSubmit, more, children }: StartFormProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!blocked && !pending) onSubmit();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      {children}
      {problem && <ErrorState problem={problem} size="inline" />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" pending={pending} disabledReason={blocked}>
          {label}
        </Button>
        {more}
      </div>
    </form>
  );
}
