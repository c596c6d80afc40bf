"use client";

import type { ComponentProps } from "react";
import { ErrorState } from "#components/ui/error-state.tsx";
import { BaseFilesField } from "./base-files-field.tsx";
import { EngineFields, IdentityFields, isPlaced, ServingFields } from "./pool-form.tsx";

/** Everything a new pool is asked for, and under it what no field can show. */
export function NewPoolFields({
  form,
  files,
}: {
  form: ComponentProps<typeof IdentityFields>;
  files: Omit<ComponentProps<typeof BaseFilesField>, "problem">;
}) {
  const { problem } = form;
  return (
    <>
      <IdentityFields {...form} />
      <BaseFilesField {...files} problem={problem} />
      <EngineFields {...form} />
      <ServingFields {...form} />
      {problem && !isPlaced(problem) && <ErrorState problem={problem} size="inline" />}
    </>
  );
}
