import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

const CONTROL = cn(
  "control rounded-control border border-line-control bg-bg text-sm text-fg transition-colors duration-80 pointer-coarse:text-lg",
  "hover:border-fg-3 focus-visible:border-accent focus-visible:outline-offset-0",
  "disabled:cursor-not-allowed disabled:bg-sub disabled:text-fg-3",
  "aria-invalid:border-bad aria-invalid:focus-visible:outline-bad",
);

/** One line of text. Inside a `Field` it is spread with the field's control props. */
export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={cn(CONTROL, "h-8 px-2.5 read-only:bg-sub pointer-coarse:h-10", className)} />;
}

export function Textarea({ className, rows = 4, ...rest }: ComponentProps<"textarea">) {
  return <textarea rows={rows} {...rest} className={cn(CONTROL, "px-2.5 py-1.5 read-only:bg-sub", className)} />;
}

/** The platform's own select: a keyboard, a wheel on phones and a screen reader's list, for no code. */
export function Select({
  options,
  placeholder,
  className,
  ...rest
}: Omit<ComponentProps<"select">, "children"> & {
  options: readonly { value: string; label: string; disabled?: boolean }[];
  placeholder?: string;
}) {
  return (
    <span className={cn("control relative inline-block", className)}>
      <select {...rest} className={cn(CONTROL, "h-8 appearance-none ps-2.5 pe-8 pointer-coarse:h-10")}>
        {placeholder !== undefined && <option value="">{placeholder}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      <svg
        viewBox="0 0 16 16"
        aria-hidden="true"
        className="pointer-events-none absolute end-2 top-1/2 size-4 -translate-y-1/2 text-fg-3"
      >
        <path
          d="m4 6 4 4 4-4"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
    </span>
  );
}
