"use client";

import { type FieldValues, get, useFormState } from "react-hook-form";
import type { ApiForm } from "./use-api-form.ts";
import { usePlaces } from "./use-places.ts";

/** What is wrong with a part of a form that several fields make up, such as a list. */
export function useFieldError<Values extends FieldValues>(
  { control, places, remarks }: ApiForm<Values>,
  name: string,
): string | null {
  usePlaces(places, name, [name]);
  const { errors } = useFormState({ control });
  const message: unknown = get(errors, `${name}.message`);
  return typeof message === "string" ? message : (remarks?.get(name) ?? null);
}
