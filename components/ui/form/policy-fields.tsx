"use client";

import type { ComponentProps } from "react";
import type { FieldValues } from "react-hook-form";
import { EndpointSelect } from "../endpoint-select.tsx";
import { FallbackSelect } from "../fallback-select.tsx";
import { type FormField, useFormField } from "./use-form-field.ts";

/** Which service of somebody else. */
export function FormEndpoint<Values extends FieldValues>({
  form,
  name,
  errorsOf,
  ...rest
}: FormField<Values, string | null> &
  Pick<ComponentProps<typeof EndpointSelect>, "label" | "hint" | "none" | "tenantId">) {
  const { value, onChange, error, isReadOnly } = useFormField({ form, name, errorsOf });
  return <EndpointSelect {...rest} value={value} error={error} disabled={isReadOnly} onChange={onChange} />;
}

type FallbackProps = ComponentProps<typeof FallbackSelect>;

/** What answers while the live version cannot be served. */
export function FormFallback<Values extends FieldValues>({
  form,
  name,
  errorsOf,
  ...rest
}: FormField<Values, FallbackProps["value"]> & Pick<FallbackProps, "label" | "hint" | "options">) {
  const { value, onChange, error, isReadOnly } = useFormField({ form, name, errorsOf });
  return <FallbackSelect {...rest} value={value} error={error} disabled={isReadOnly} onChange={onChange} />;
}
