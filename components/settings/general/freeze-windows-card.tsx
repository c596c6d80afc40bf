"use client";

import { Button } from "#components/ui/button.tsx";
import { EditCard, type EditFields } from "#components/ui/edit-card.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { FreezeWindowLine } from "#components/ui/freeze-window-line.tsx";
import { Input, Select } from "#components/ui/input.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { WEEKDAYS } from "#components/ui/weekdays.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { WeeklyWindow } from "#lib/platform/browser/weekly-window-schema.ts";
import type { Settings } from "#lib/pools/browser/settings-schema.ts";
import { type OwnSaves, useSaveSettings } from "./use-save-settings.ts";
import { dayOf, newWindow, type WindowRow, type WindowsEdit, windowFields, windowsEditOf } from "./windows-edit.ts";

/** Hours of the week in which no cutover starts or moves forward. */
export function FreezeWindowsCard({
  settings,
  saves,
  denied,
  onDiscard,
}: {
  settings: Settings;
  saves: OwnSaves;
  denied: string | undefined;
  onDiscard: () => void;
}) {
  const update = useSaveSettings("Freeze windows", saves);
  return (
    <EditCard
      title="Freeze windows"
      saved={windowsEditOf(settings)}
      denied={denied}
      problem={update.problem}
      pending={update.isPending}
      fields={windowFields}
      onSave={({ generation, rows }, done) =>
        update.save(generation, { freezeWindows: rows.map(({ window }) => window) }, done)
      }
      onDiscard={() => {
        update.reset();
        onDiscard();
      }}
    >
      {(form) => (
        <>
          <FreezeWindowLine windows={settings.freezeWindows} />
          <Windows {...form} />
        </>
      )}
    </EditCard>
  );
}

function Windows({ shown, onChange, problem, isReadOnly }: EditFields<WindowsEdit>) {
  const { rows } = shown;
  const whole = problem?.errors.find(({ field }) => field === "freezeWindows");
  return (
    <>
      <p className="max-w-160 text-md text-fg-2">
        In these hours no cutover starts or advances, and batches wait. Guards keep running, and you can always roll
        back. Times use each window's time zone, including daylight saving.
      </p>
      {rows.length === 0 && <p className="text-md text-fg-2">No freeze windows. Cutovers can run at any time.</p>}
      <ul className="flex flex-col gap-4 empty:hidden">
        {rows.map((row, index) => (
          <li key={row.key}>
            <WindowFields
              row={row}
              index={index}
              problem={problem}
              isReadOnly={isReadOnly}
              onChange={(window) =>
                onChange({ rows: rows.map((one) => (one.key === row.key ? { ...one, window } : one)) })
              }
              onRemove={() => onChange({ rows: rows.filter(({ key }) => key !== row.key) })}
            />
          </li>
        ))}
      </ul>
      {whole && (
        <p className="text-sm text-bad" role="alert">
          {whole.message}
        </p>
      )}
      {!isReadOnly && (
        <Button className="self-start" onClick={() => onChange({ rows: [...rows, newWindow(rows)] })}>
          Add freeze window
        </Button>
      )}
    </>
  );
}

type RowProps = {
  row: WindowRow;
  index: number;
  problem: Problem | null;
  isReadOnly: boolean;
  onChange: (window: WeeklyWindow) => void;
  onRemove: () => void;
};

function WindowFields({ row: { window }, index, problem, isReadOnly, onChange, onRemove }: RowProps) {
  const moment = (end: "from" | "to") => ({
    value: window[end],
    error: fieldError(problem, `freezeWindows.${index}.${end}`),
    isReadOnly,
    onChange: (value: WeeklyWindow["from"]) => onChange({ ...window, [end]: value }),
  });
  return (
    <fieldset className="flex flex-wrap items-start gap-x-4 gap-y-3 rounded-card border p-3">
      <legend className="px-1 text-sm font-medium">Window {index + 1}</legend>
      <Moment label="Begins" {...moment("from")} />
      <Moment label="Ends" {...moment("to")} />
      <TextField
        label="Time zone"
        hint="Such as Europe/Berlin or UTC."
        readOnly={isReadOnly}
        value={window.timeZone}
        onChange={(timeZone) => onChange({ ...window, timeZone })}
        error={fieldError(problem, `freezeWindows.${index}.timeZone`)}
      />
      {!isReadOnly && (
        <Button className="ms-auto self-center" onClick={onRemove}>
          Remove window {index + 1}
        </Button>
      )}
    </fieldset>
  );
}

function Moment({
  label,
  value,
  error,
  isReadOnly,
  onChange,
}: {
  label: string;
  value: WeeklyWindow["from"];
  error: string | null;
  isReadOnly: boolean;
  onChange: (value: WeeklyWindow["from"]) => void;
}) {
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
