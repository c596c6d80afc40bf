"use client";

import type { ReactNode } from "react";
import type { FallbackPolicy } from "#lib/pools/schema.ts";
import { FALLBACK_OPTIONS, fallbackOf } from "./fallback-policy.ts";
import { Field } from "./field.tsx";
import { Select } from "./input.tsx";

/** Chooses what answers while the live version cannot be served. */
export function FallbackSelect({
  label,
  hint,
  value,
  error,
  disabled = false,
  options = FALLBACK_OPTIONS,
  onChange,
}: {
  label: string;
  hint?: ReactNode;
  value: FallbackPolicy;
  error: ReactNode;
  disabled?: boolean;
  options?: typeof FALLBACK_OPTIONS;
  onChange: (fallback: FallbackPolicy) => void;
}) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <Select
          {...control}
          disabled={disabled}
          value={value}
          onChange={(event) => onChange(fallbackOf(event.target.value))}
          options={options}
        />
      )}
    </Field>
  );
}
