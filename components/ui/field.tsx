"use client";

import type { ReactNode } from "react";
import { useId } from "react";
import { cn } from "./cn.ts";

export type ControlProps = { id: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined };

/**
 * Label, hint and error around one control, tied together by ids:
 * `<Field label="Slug" error={…}>{(control) => <Input {...control} name="slug" />}</Field>`.
 */
export function Field({
  label,
  hint,
  error,
  optional = false,
  isLabelHidden = false,
  className,
  children,
}: {
  label: string;
  hint?: ReactNode;
  /** What is wrong and how to mend it, or null. */
  error?: ReactNode;
  optional?: boolean;
  /** For screen readers only: its place says to all others what it is. */
  isLabelHidden?: boolean;
  className?: string;
  children: (control: ControlProps) => ReactNode;
}) {
  const id = useId();
  const isWrong = error !== null && error !== undefined && error !== "";
  const described = [hint ? `${id}-hint` : "", isWrong ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div className={cn("flex max-w-160 flex-col gap-1.5", className)}>
      <label htmlFor={id} className={isLabelHidden ? "sr-only" : "text-sm font-medium"}>
        {label}
        {optional && <span className="font-normal text-fg-3"> (optional)</span>}
      </label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": isWrong || undefined })}
      {isWrong && (
        <p id={`${id}-error`} className="text-sm text-bad">
          {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-fg-3">
          {hint}
        </p>
      )}
    </div>
  );
}
