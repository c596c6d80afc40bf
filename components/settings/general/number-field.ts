import type { EditFields } from "#components/ui/edit-card.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import type { SettingField, SettingsEdit } from "./settings-edit.ts";

type NumberName = Exclude<SettingField, "tenantHeader" | "swapSourceAlert" | "cutoverShadow" | "cutoverWeights">;

/** What a text field of a number is given. */
export const numberField =
  ({ shown, onChange, problem, isReadOnly }: EditFields<SettingsEdit>) =>
  (name: NumberName) => ({
    inputMode: "numeric" as const,
    readOnly: isReadOnly,
    value: shown[name],
    onChange: (text: string) => onChange({ [name]: text }),
    error: fieldError(problem, name),
  });
