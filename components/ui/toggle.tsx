import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";

type ToggleProps = Omit<ComponentProps<"input">, "type" | "role"> & { label: ReactNode; hint?: ReactNode };

const ROW = "inline-flex min-h-6 items-start gap-2 text-sm pointer-coarse:min-h-10 has-disabled:opacity-55";

/** A yes or no that is sent with a form; `isPartly` = some of those it stands for. */
export function Checkbox({
  label,
  hint,
  className,
  ref,
  isPartly = false,
  ...rest
}: ToggleProps & { isPartly?: boolean }) {
  return (
    <label className={cn(ROW, className)}>
      <span className="relative mt-0.5 inline-flex size-4 shrink-0">
        <input
          {...rest}
          ref={(input) => {
            if (input) input.indeterminate = isPartly;
            if (typeof ref === "function") ref(input);
          }}
          type="checkbox"
          className="peer size-4 appearance-none rounded-[4px] border border-line-control bg-bg checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent aria-invalid:border-bad"
        />
        <svg
          viewBox="0 0 16 16"
          aria-hidden="true"
          className="pointer-events-none absolute inset-0 hidden text-on-accent peer-checked:block"
        >
          <path
            d="m4 8.5 2.5 2.5L12 5.5"
            fill="none"
            stroke="currentColor"
            strokeWidth="2"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </svg>
        <span className="pointer-events-none absolute inset-x-1 top-[7px] hidden h-0.5 bg-on-accent peer-indeterminate:block" />
      </span>
      <span>
        {label}
        {hint && <span className="block text-xs text-fg-3">{hint}</span>}
      </span>
    </label>
  );
}

/** A setting that takes effect at once. */
export function Switch({ label, hint, className, ...rest }: ToggleProps & { checked: boolean }) {
  return (
    <label className={cn(ROW, className)}>
      <span className="relative mt-0.5 inline-flex h-4 w-7 shrink-0">
        <input
          {...rest}
          type="checkbox"
          role="switch"
          aria-checked={rest.checked}
          className="peer h-4 w-7 appearance-none rounded-full border border-line-control bg-off-tint transition-colors duration-80 checked:border-accent checked:bg-accent"
        />
        <span
          aria-hidden="true"
          className="pointer-events-none absolute start-0.5 top-0.5 size-3 rounded-full bg-fg-3 transition-transform duration-80 peer-checked:translate-x-3 peer-checked:bg-on-accent"
        />
      </span>
      <span>
        {label}
        {hint && <span className="block text-xs text-fg-3">{hint}</span>}
      </span>
    </label>
  );
}
