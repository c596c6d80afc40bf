import type { FieldValues } from "react-hook-form";
import type { ApiForm } from "./use-api-form.ts";

/** What a `ConfirmDialog` needs of the form whose fields stand in it. */
export const confirmForm = <Values extends FieldValues>({ submit, isSending, problem, isDirty }: ApiForm<Values>) => ({
  onConfirm: () => submit(),
  pending: isSending,
  problem,
  holdsInput: isDirty,
});
