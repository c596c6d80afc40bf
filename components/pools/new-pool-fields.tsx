"use client";

import type { ComponentProps } from "react";
import { ErrorState } from "#components/ui/error-state.tsx";
import { BaseFilesField } from "./base-files-field.tsx";
import { EngineFields, IdentityFields, ServingFields } from "./pool-form.tsx";

/** Everything a new pool is asked for, and under it what no field can show. */
export function NewPoolFields({
  fields,
  files,
}: {
  fields: ComponentProps<typeof IdentityFields>;
  files: Omit<ComponentProps<typeof BaseFilesField>, "form">;
}) {
  const { form } = fields;
  return (
    <>
      <IdentityFields {...fields} />
      <BaseFilesField {...files} form={form} />
      <EngineFields {...fields} />
      <ServingFields {...fields} />
      {form.problem && <ErrorState problem={form.problem} size="inline" />}
    </>
  );
}
