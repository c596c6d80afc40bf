"use client";

import { sayHours } from "#lib/cutover/browser/say-hours.ts";
import { sayPolicy } from "#lib/cutover/browser/say-policy.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { EditFields } from "../ui/edit-card.tsx";
import { Field } from "../ui/field.tsx";
import { fieldError } from "../ui/field-error.ts";
import { Select } from "../ui/input.tsx";
import { TextField } from "../ui/text-field.tsx";
import { Checkbox } from "../ui/toggle.tsx";
import { WEEKDAYS } from "../ui/weekdays.ts";
import { type Hours, officeHours, policyOf, type ReleaseDraft } from "./release-draft.ts";

type Form = EditFields<ReleaseDraft>;

const REACHES = [
  { value: "checks", label: "Checks only" },
  { value: "loaded", label: "Loaded on its nodes" },
  { value: "gate", label: "Through its gate" },
  { value: "canary", label: "To a share of the conversations" },
  { value: "live", label: "Live, step by step" },
];
const DECIDERS = [
  { value: "", label: "No one" },
  { value: "platform", label: "Us" },
  { value: "customer", label: "The customer" },
];
const APPROVERS = [
  { value: "platform_admin", label: "A platform admin" },
  { value: "operator", label: "An operator or a platform admin" },
];
const SILENCES = [
  { value: "nothing", label: "Nothing goes live" },
  { value: "goes_on", label: "A version that passed its gate continues" },
];

/** The policy in one sentence as it would be, and everything that it is made of. */
export function ReleaseFields(form: Form) {
  const { shown } = form;
  const asks = shown.beforeCanary !== null || shown.beforeLive !== null || shown.reach === "canary";
  return (
    <>
      <p className="max-w-[72ch] rounded-control bg-sub px-3 py-2 text-md" aria-live="polite" data-release-sentence="">
        {sayPolicy(policyOf(shown))}
      </p>
      <Choice
        {...form}
        field="reach"
        label="How far a new version goes automatically"
        hint="Applies to versions added from now on. A version that fails its gate or was rolled back waits for a manual decision."
        options={REACHES}
      />
      <HoursField {...form} />
      <Choice {...form} field="beforeCanary" label="Who approves the first share of requests" options={DECIDERS} />
      <Choice {...form} field="beforeLive" label="Who approves going live" options={DECIDERS} />
      {asks && <AskFields {...form} />}
    </>
  );
}

type ChoiceField = "reach" | "beforeCanary" | "beforeLive" | "platformApprover" | "onSilence";

function Choice({
  field,
  label,
  hint,
  options,
  shown,
  problem,
  isReadOnly,
  onChange,
}: Form & { field: ChoiceField; label: string; hint?: string; options: readonly { value: string; label: string }[] }) {
  return (
    <Field label={label} hint={hint} error={fieldError(problem, field)}>
      {(control) => (
        <Select
          {...control}
          disabled={isReadOnly}
          value={shown[field] ?? ""}
          options={options}
          onChange={(event) =>
            onChange({ [field]: event.target.value === "" ? null : event.target.value } as Partial<ReleaseDraft>)
          }
        />
      )}
    </Field>
  );
}

function AskFields(form: Form) {
  const { shown, problem, isReadOnly, onChange } = form;
  const names = [shown.beforeCanary, shown.beforeLive];
  const asksUs = names.includes("platform") || (shown.reach === "canary" && shown.beforeLive === null);
  const asksCustomer = names.includes("customer");
  return (
    <>
      {asksUs && <Choice {...form} field="platformApprover" label="Who decides on our side" options={APPROVERS} />}
      <TextField
        label="Hours to answer"
        inputMode="numeric"
        readOnly={isReadOnly}
        value={shown.expiryHours}
        onChange={(expiryHours) => onChange({ expiryHours })}
        error={fieldError(problem, "expiryHours")}
      />
      <TextField
        label="Hours until a reminder"
        hint="Leave empty for no reminder."
        inputMode="numeric"
        readOnly={isReadOnly}
        value={shown.reminderHours}
        onChange={(reminderHours) => onChange({ reminderHours })}
        error={fieldError(problem, "reminderHours")}
      />
      <Choice
        {...form}
        field="onSilence"
        label="Without an answer"
        hint={asksCustomer ? "Without the customer's answer, nothing goes live." : ""}
        options={asksCustomer && shown.onSilence === "nothing" ? SILENCES.slice(0, 1) : SILENCES}
      />
    </>
  );
}

function HoursField({ shown, problem, isReadOnly, onChange }: Form) {
  const { hours } = shown;
  const options = [
    { value: "any", label: "At any time" },
    { value: "days", label: "In these hours" },
    ...(hours.kind === "custom" ? [{ value: "custom", label: "As set through the API" }] : []),
  ];
  const choose = (kind: string) => {
    if (kind === "any") onChange({ hours: { kind: "any" } });
    if (kind === "days") onChange({ hours: officeHours(Intl.DateTimeFormat().resolvedOptions().timeZone) });
  };
  return (
    <>
      <Field
        label="When it may reach customers automatically"
        hint={
          hours.kind === "custom" ? sayHours(hours.windows) : "Cutovers started manually are limited only by freezes."
        }
        error={hours.kind === "days" ? null : hoursProblem(problem)}
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
          wrong={hoursProblem(problem)}
          onChange={(part) => onChange({ hours: { ...hours, ...part } })}
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

/** Of windows, wherever in them it stands. */
const hoursProblem = (problem: Problem | null): string | null =>
  problem?.errors.find(({ field }) => field.startsWith("hours"))?.message ?? null;
