"use client";

import { type FormEvent, useState } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import type { Zone } from "./format-time.ts";
import { Input } from "./input.tsx";
import { useZone } from "./time.tsx";
import { type FixedRange, readTypedRange, type TypedRange, typedTime } from "./typed-range.ts";

const HOUR = 3_600_000;

/** The way to any range without dragging. */
export function TypedRangeDialog({
  fixed,
  longestDays = Number.POSITIVE_INFINITY,
  onClose,
  onRange,
}: {
  /** The range shown now; null = one that ends now, and the last hour is proposed. */
  fixed: FixedRange | null;
  /** No longer than these. */
  longestDays?: number;
  onClose: () => void;
  onRange: (range: FixedRange) => void;
}) {
  const zone = useZone();
  const [proposed] = useState(() => proposalOf(fixed, zone));
  const [typed, setTyped] = useState(proposed);
  const [errors, setErrors] = useState<TypedRange["errors"]>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readTypedRange(typed, zone, Date.now(), longestDays);
    if (read.range === null) setErrors(read.errors);
    else onRange(read.range);
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      holdsInput={typed.from !== proposed.from || typed.to !== proposed.to}
      size="sm"
      title="Choose a range"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="typed-range">
            Show range
          </Button>
        </>
      }
    >
      <form id="typed-range" onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <Moment
          label="From"
          zone={zone}
          value={typed.from}
          error={errors?.from}
          onChange={(from) => setTyped({ ...typed, from })}
        />
        <Moment
          label="To"
          zone={zone}
          value={typed.to}
          error={errors?.to}
          onChange={(to) => setTyped({ ...typed, to })}
        />
      </form>
    </Dialog>
  );
}

function proposalOf(fixed: FixedRange | null, zone: Zone) {
  const to = fixed?.to.getTime() ?? Date.now();
  return { from: typedTime(fixed?.from.getTime() ?? to - HOUR, zone), to: typedTime(to, zone) };
}

function Moment({
  label,
  zone,
  value,
  error,
  onChange,
}: {
  label: string;
  zone: Zone;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}) {
  return (
    <Field label={label} hint={zone === "UTC" ? "In UTC." : "In your local time zone."} error={error}>
      {(control) => (
        <Input {...control} type="datetime-local" value={value} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}
