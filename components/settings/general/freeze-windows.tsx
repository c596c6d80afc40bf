"use client";

import { useFieldArray } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormText } from "#components/ui/form/form-fields.tsx";
import type { ApiForm } from "#components/ui/form/use-api-form.ts";
import { useFieldError } from "#components/ui/form/use-field-error.ts";
import { useFormField } from "#components/ui/form/use-form-field.ts";
import { Input, Select } from "#components/ui/input.tsx";
import { WEEKDAYS } from "#components/ui/weekdays.ts";
import type { WeeklyWindow } from "#lib/platform/browser/weekly-window-schema.ts";
import type { Settings } from "#lib/pools/browser/settings-schema.ts";
import { dayOf, newWindow } from "./new-window.ts";

type FieldsProps = { form: ApiForm<Settings> };

/** Hours of the week in which no cutover starts or moves forward. */
export function FreezeWindows({ form }: FieldsProps) {
  const { fields, append, remove } = useFieldArray({ control: form.control, name: "freezeWindows" });
  const whole = useFieldError(form, "freezeWindows");
  const isReadOnly = form.denied !== undefined;
  return (
    <>
      <p className="max-w-160 text-md text-fg-2">
        In these hours no cutover starts or advances, and batches wait. Guards keep running, and you can always roll
        back. Times use each window's time zone, including daylight saving.
      </p>
      {fields.length === 0 && <p className="text-md text-fg-2">No freeze windows. Cutovers can run at any time.</p>}
      <ul className="flex flex-col gap-4 empty:hidden">
        {fields.map(({ id }, index) => (
          <li key={id}>
            <WindowFields form={form} index={index} onRemove={() => remove(index)} />
          </li>
        ))}
      </ul>
      {whole && (
        <p className="text-sm text-bad" role="alert">
          {whole}
        </p>
      )}
      {!isReadOnly && (
        <Button className="self-start" onClick={() => append(newWindow(), { shouldFocus: false })}>
          Add freeze window
        </Button>
      )}
    </>
  );
}

function WindowFields({ form, index, onRemove }: FieldsProps & { index: number; onRemove: () => void }) {
  return (
    <fieldset className="flex flex-wrap items-start gap-x-4 gap-y-3 rounded-card border p-3">
      <legend className="px-1 text-sm font-medium">Window {index + 1}</legend>
      <Moment form={form} name={`freezeWindows.${index}.from`} label="Begins" />
      <Moment form={form} name={`freezeWindows.${index}.to`} label="Ends" />
      <FormText
        form={form}
        name={`freezeWindows.${index}.timeZone`}
        label="Time zone"
        hint="Such as Europe/Berlin or UTC."
      />
      {form.denied === undefined && (
        <Button className="ms-auto self-center" onClick={onRemove}>
          Remove window {index + 1}
        </Button>
      )}
    </fieldset>
  );
}

function Moment({
  form,
  name,
  label,
}: FieldsProps & { name: `freezeWindows.${number}.from` | `freezeWindows.${number}.to`; label: string }) {
  const { value, onChange, error, isReadOnly, ref } = useFormField<Settings, WeeklyWindow["from"]>({ form, name });
  return (
    <Field label={label} error={error}>
      {(control) => (
        <span className="flex gap-2">
          <Select
            aria-label={`${label} on`}
            disabled={isReadOnly}
            value={value.day}
            options={WEEKDAYS}
            onChange={({ target }) => onChange({ ...value, day: dayOf(target.value) })}
          />
          <Input
            {...control}
            ref={ref}
            type="time"
            readOnly={isReadOnly}
            value={value.time}
            onChange={({ target }) => onChange({ ...value, time: target.value })}
          />
        </span>
      )}
    </Field>
  );
}
