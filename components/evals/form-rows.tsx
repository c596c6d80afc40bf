"use client";

import type { ReactNode } from "react";
import {
  type FieldArray,
  type FieldArrayPath,
  type FieldArrayWithId,
  type FieldValues,
  useFieldArray,
} from "react-hook-form";
import { Button } from "../ui/button.tsx";
import type { ApiForm } from "../ui/form/use-api-form.ts";
import { useFieldError } from "../ui/form/use-field-error.ts";

type RowsProps<Values extends FieldValues, Name extends FieldArrayPath<Values>> = {
  form: ApiForm<Values>;
  name: Name;
  /** What a row is, as its buttons call it: "matcher". */
  one: string;
  /** What is said of a list without rows. */
  empty?: string;
  added: FieldArray<Values, Name>;
  children: (at: number, row: FieldArrayWithId<Values, Name>) => ReactNode;
};

/** A list in a form: each row with a button that removes it, and one below that adds another. */
export function FormRows<Values extends FieldValues, Name extends FieldArrayPath<Values>>({
  form,
  name,
  one,
  empty,
  added,
  children,
}: RowsProps<Values, Name>) {
  const { fields, append, remove } = useFieldArray({ control: form.control, name });
  const error = useFieldError(form, name);
  return (
    <>
      {empty && fields.length === 0 && <p className="text-sm text-fg-2">{empty}</p>}
      {fields.map((row, at) => (
        <div key={row.id} className="flex flex-wrap items-start gap-2">
          {children(at, row)}
          <Button size="sm" variant="ghost" disabledReason={form.denied} onClick={() => remove(at)}>
            Remove
            <span className="sr-only">
              {" "}
              {one} {at + 1}
            </span>
          </Button>
        </div>
      ))}
      {error && <p className="text-sm text-bad">{error}</p>}
      <Button size="sm" className="self-start" disabledReason={form.denied} onClick={() => append(added)}>
        Add {one}
      </Button>
    </>
  );
}
