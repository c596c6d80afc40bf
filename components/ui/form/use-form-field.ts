"use client";

import { type FieldPath, type FieldPathByValue, type FieldValues, useController } from "react-hook-form";
import type { ApiForm } from "./use-api-form.ts";
import { usePlaces } from "./use-places.ts";

/** Which value of which form a field holds. */
export type FormField<Values extends FieldValues, Value> = {
  form: ApiForm<Values>;
  name: FieldPathByValue<Values, Value>;
  /** The API's names of the fields whose errors are shown here, if they differ from this field's name. */
  errorsOf?: readonly string[];
};

/** One value of a form: what it is, what is wrong with it, and how it changes. */
export function useFormField<Values extends FieldValues, Value>({
  form: { control, places, denied, remarks },
  name,
  errorsOf,
}: FormField<Values, Value>) {
  const { field, fieldState } = useController({ control, name: name as FieldPath<Values> });
  usePlaces(places, name, errorsOf ?? [name]);
  return {
    value: field.value as Value,
    onChange: (value: Value) => field.onChange(value),
    ref: field.ref,
    error: fieldState.error?.message ?? remarks?.get(name) ?? null,
    isReadOnly: denied !== undefined,
  };
}
