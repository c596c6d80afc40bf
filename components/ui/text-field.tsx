"use client";

import type { ComponentProps } from "react";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";

type FieldProps = Pick<ComponentProps<typeof Field>, "label" | "hint" | "error" | "optional">;

/** One line of text with its label, hint and error; whatever else is given goes to the input. */
export function TextField({
  label,
  hint,
  error,
  optional = false,
  value,
  onChange,
  ...input
}: FieldProps &
  Omit<ComponentProps<typeof Input>, "id" | "value" | "onChange"> & {
    value: string;
    onChange: (value: string) => void;
  }) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional}>
      {(control) => (
        <Input
          autoComplete="off"
          {...input}
          {...control}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
