"use client";

import type { ReactNode } from "react";
import { cn } from "./cn.ts";

/** A few choices of which one holds, side by side; on a phone they scroll. */
export function Segments<Value extends string>({
  label,
  options,
  value,
  onChange,
}: {
  label: string;
  options: readonly { key: Value; label: ReactNode }[];
  /** null = none of them. */
  value: Value | null;
  onChange: (value: Value) => void;
}) {
  return (
    <fieldset className="flex min-w-0 max-w-full self-start overflow-x-auto rounded-control border border-line-control/60 bg-bg p-px">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <button
          key={option.key}
          type="button"
          aria-pressed={option.key === value}
          onClick={() => onChange(option.key)}
          className={cn(
            "h-7 shrink-0 whitespace-nowrap rounded-[5px] px-2.5 text-sm transition-colors duration-80 pointer-coarse:h-10",
            option.key === value ? "bg-off-tint font-medium text-fg" : "text-fg-2 hover:text-fg",
          )}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}
