"use client";

import { formatHours } from "#lib/cutover/browser/format-hours.ts";
import { formatPolicy } from "#lib/cutover/browser/format-policy.ts";
import { Field } from "../ui/field.tsx";
import { NUMBER, OPTIONAL_NUMBER } from "../ui/form/field-text.ts";
import { FormSelect, FormText } from "../ui/form/form-fields.tsx";
import { type ApiForm, useFormValues } from "../ui/form/use-api-form.ts";
import { useFormField } from "../ui/form/use-form-field.ts";
import { Select } from "../ui/input.tsx";
import { TextField } from "../ui/text-field.tsx";
import { Checkbox } from "../ui/toggle.tsx";
import { WEEKDAYS } from "../ui/weekdays.ts";
import { type Hours, officeHours, policyOf, type ReleaseValues } from "./release-values.ts";

type FieldsProps = { form: ApiForm<ReleaseValues> };

const REACHES = [
  { value: "checks", label: "Checks only" },
  { value: "loaded", label: "Loaded on its nodes" },
  { value: "gate", label: "Through its gate" },
  { value: "canary", label: "To a share of the conversations" },
  { value: "live", label: "Live, step by step" },
] as const;
const DECIDERS = [
  { value: null, label: "No one" },
  { value: "platform", label: "Us" },
  { value: "customer", label: "The customer" },
] as const;
const APPROVERS = [
  { value: "platform_admin", label: "A platform admin" },
  { value: "operator", label: "An operator or a platform admin" },
] as const;
const SILENCES = [
  { value: "nothing", label: "Nothing goes live" },
  { value: "goes_on", label: "A version that passed its gate continues" },
] as const;

/** In the sentence, a number that is none yet is 0. */
const formatted = (form: ReleaseValues): string =>
  formatPolicy(policyOf({ ...form, expiryHours: form.expiryHours || 0, reminderHours: form.reminderHours || null }));

/** The policy in one sentence as it would be, and everything that it is made of. */
export function ReleaseFields({ form }: FieldsProps) {
  const values = useFormValues(form);
  const asks = values.beforeCanary !== null || values.beforeLive !== null || values.reach === "canary";
  return (
    <>
      <p className="max-w-[72ch] rounded-control bg-sub px-3 py-2 text-md" aria-live="polite" data-release-sentence="">
        {formatted(values)}
      </p>
      <FormSelect
        form={form}
        name="reach"
        label="How far a new version goes automatically"
        hint="Applies to versions added from now on. A version that fails its gate or was rolled back waits for a manual decision."
        options={REACHES}
      />
      <HoursField form={form} />
      <FormSelect form={form} name="beforeCanary" label="Who approves the first share of requests" options={DECIDERS} />
      <FormSelect form={form} name="beforeLive" label="Who approves going live" options={DECIDERS} />
      {asks && <AskFields form={form} />}
    </>
  );
}

function AskFields({ form }: FieldsProps) {
  const { beforeCanary, beforeLive, reach, onSilence } = useFormValues(form);
  const names = [beforeCanary, beforeLive];
  const asksUs = names.includes("platform") || (reach === "canary" && beforeLive === null);
  const asksCustomer = names.includes("customer");
  return (
    <>
      {asksUs && <FormSelect form={form} name="platformApprover" label="Who decides on our side" options={APPROVERS} />}
      <FormText form={form} name="expiryHours" as={NUMBER} label="Hours to answer" inputMode="numeric" />
      <FormText
        form={form}
        name="reminderHours"
        as={OPTIONAL_NUMBER}
        label="Hours until a reminder"
        hint="Leave empty for no reminder."
        inputMode="numeric"
      />
      <FormSelect
        form={form}
        name="onSilence"
        label="Without an answer"
        hint={asksCustomer ? "Without the customer's answer, nothing goes live." : ""}
        options={asksCustomer && onSilence === "nothing" ? SILENCES.slice(0, 1) : SILENCES}
      />
    </>
  );
}

function HoursField({ form }: FieldsProps) {
  const field = useFormField<ReleaseValues, ReleaseValues["hours"]>({ form, name: "hours" });
  const { value: hours, onChange, error, isReadOnly } = field;
  const options = [
    { value: "any", label: "At any time" },
    { value: "days", label: "In these hours" },
    ...(hours.kind === "custom" ? [{ value: "custom", label: "As set through the API" }] : []),
  ];
  const choose = (kind: string) => {
    if (kind === "any") onChange({ kind: "any" });
    if (kind === "days") onChange(officeHours(Intl.DateTimeFormat().resolvedOptions().timeZone));
  };
  return (
    <>
      <Field
        label="When it may reach customers automatically"
        hint={
          hours.kind === "custom"
            ? formatHours(hours.windows)
            : "Cutovers started manually are limited only by freezes."
        }
        error={hours.kind === "days" ? null : error}
      >
        {(control) => (
          <Select
            {...control}
            disabled={isReadOnly}
            value={hours.kind}
            options={options}
            onChange={(event) => choose(event.target.value)}
          />
        )}
      </Field>
      {hours.kind === "days" && (
        <DayFields
          hours={hours}
          isReadOnly={isReadOnly}
          wrong={error}
          onChange={(part) => onChange({ ...hours, ...part })}
        />
      )}
    </>
  );
}

function DayFields({
  hours,
  isReadOnly,
  wrong,
  onChange,
}: {
  hours: Hours;
  isReadOnly: boolean;
  wrong: string | null;
  onChange: (part: Partial<Hours>) => void;
}) {
  return (
    <fieldset className="flex max-w-160 flex-col gap-3 rounded-card border p-3">
      <legend className="px-1 text-sm font-medium">Hours</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {WEEKDAYS.map(({ value: day, short }) => (
          <Checkbox
            key={day}
            label={short}
            disabled={isReadOnly}
            checked={hours.days.includes(day)}
            onChange={(event) =>
              onChange({
                days: event.target.checked ? [...hours.days, day] : hours.days.filter((each) => each !== day),
              })
            }
          />
        ))}
      </div>
      <div className="flex flex-wrap gap-x-4 gap-y-3">
        {(["from", "to"] as const).map((end) => (
          <TextField
            key={end}
            type="time"
            label={end === "from" ? "From" : "To"}
            readOnly={isReadOnly}
            value={hours[end]}
            onChange={(time) => onChange({ [end]: time })}
          />
        ))}
        <TextField
          label="Time zone"
          hint="Such as Europe/Berlin or UTC."
          readOnly={isReadOnly}
          value={hours.timeZone}
          onChange={(timeZone) => onChange({ timeZone })}
        />
      </div>
      {wrong && (
        <p className="text-sm text-bad" role="alert">
          {wrong}
        </p>
      )}
    </fieldset>
  );
}
