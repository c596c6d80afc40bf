"use client";

import type { ComponentProps } from "react";
import { type FieldValues, get, useWatch } from "react-hook-form";
import type { Field } from "../ui/field.tsx";
import { jsonList, whyNoList } from "../ui/form/field-text.ts";
import { FormTextarea } from "../ui/form/form-fields.tsx";
import type { FormField } from "../ui/form/use-form-field.ts";

/** A list as JSON; while it is none, the field says why. */
export function FormJson<Values extends FieldValues, Item>({
  form,
  name,
  ...rest
}: FormField<Values, Item[]> &
  Pick<ComponentProps<typeof Field>, "label" | "hint" | "optional"> & { rows: number; placeholder?: string }) {
  const value: unknown = get(useWatch({ control: form.control }), name);
  return (
    <FormTextarea<Values, Item[]>
      {...rest}
      form={form}
      name={name}
      as={jsonList<Item>()}
      refused={whyNoList(value)}
      spellCheck={false}
      className="w-full font-mono text-xs"
    />
  );
}
