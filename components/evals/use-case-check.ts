"use client";

import { useEffect, useState } from "react";
import type { CaseInput } from "#lib/evals/browser/suite-schema.ts";
import { placeErrors } from "../ui/form/place-errors.ts";
import { type ApiForm, useFormValues } from "../ui/form/use-api-form.ts";
import { useApi } from "../ui/use-api.ts";

const PAUSE_MS = 300;

/** The form of a prompt with what the server finds wrong with it, a moment after the last key; nothing before the first. */
export function useCaseCheck(suiteId: string, form: ApiForm<CaseInput>): ApiForm<CaseInput> {
  const text = JSON.stringify(useFormValues(form));
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const read = useApi(
    "POST /suites/{suiteId}/cases/check",
    { params: { suiteId }, body: JSON.parse(settled) as CaseInput },
    { enabled: form.isDirty },
  );
  const problems = read.problem?.errors ?? read.data?.problems ?? [];
  return { ...form, remarks: placeErrors(form.isDirty ? problems : [], form.places, true).placed };
}
