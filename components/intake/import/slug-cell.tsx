"use client";

import { type KeyboardEvent, useId, useRef, useState } from "react";
import type { Problem } from "#lib/http/schema.ts";
import { cn } from "../../ui/cn.ts";
import { Input } from "../../ui/input.tsx";

type SlugCellProps = {
  /** Names the field for screen readers: "Tenant slug of row 7". */
  label: string;
  value: string;
  /** @returns the problem, or null when it is saved */
  onSave: (value: string) => Promise<Problem | null>;
  isFixed: boolean;
  className?: string;
};

/** A slug that is written in its place: Enter or a click opens it, Enter saves, Esc leaves it as it was. */
export function SlugCell({ label, value, onSave, isFixed, className }: SlugCellProps) {
  const [isEditing, setEditing] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  if (isFixed) return <span className={cn("font-mono text-xs", className)}>{value}</span>;
  const close = () => {
    setEditing(false);
    requestAnimationFrame(() => trigger.current?.focus()); // once the button is back
  };
  if (isEditing) return <SlugInput label={label} value={value} onSave={onSave} onClose={close} />;
  return (
    <button
      ref={trigger}
      type="button"
      aria-label={`${label}: ${value}, change`}
      onClick={() => setEditing(true)}
      className={cn(
        "-mx-1.5 inline-flex h-6 items-center whitespace-nowrap rounded-control border border-transparent px-1.5 text-start font-mono text-xs hover:border-line-control pointer-coarse:h-10",
        className,
      )}
    >
      {value}
    </button>
  );
}

function SlugInput({
  label,
  value,
  onSave,
  onClose,
}: Pick<SlugCellProps, "label" | "value" | "onSave"> & { onClose: () => void }) {
  const [text, setText] = useState(value);
  const [isSaving, setSaving] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const errorId = useId();
  const save = async () => {
    if (isSaving) return;
    if (text.trim() === value) return onClose();
    setSaving(true);
    const problem = await onSave(text.trim());
    setSaving(false);
    if (problem === null) return onClose();
    setError(`${problem.detail} ${problem.fix ?? ""}`.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      event.preventDefault();
      void save();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    }
  };
  return (
    <span className="flex flex-col gap-1 py-1">
      <Input
        autoFocus
        autoComplete="off"
        spellCheck={false}
        aria-label={label}
        aria-invalid={error !== null || undefined}
        aria-describedby={error === null ? undefined : errorId}
        readOnly={isSaving}
        value={text}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={() => void (text.trim() === value ? onClose() : save())}
        className="h-6 w-full min-w-28 px-1.5 font-mono text-xs"
      />
      {error !== null && (
        <span id={errorId} role="alert" className="max-w-60 whitespace-normal text-xs text-bad">
          {error}
        </span>
      )}
    </span>
  );
}
