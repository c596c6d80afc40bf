"use client";

import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { useZone } from "#components/ui/time.tsx";
import { type FixedRange, readTypedRange, type TypedRange, typedTime } from "./range.ts";

const HOUR = 3_600_000;

/** The way to any range without dragging. */
export function TypedRangeDialog({
  fixed,
  onClose,
  onRange,
}: {
  /** The range shown now; null = one that ends now, and the last hour is proposed. */
  fixed: FixedRange | null;
  onClose: () => void;
  onRange: (range: FixedRange) => void;
}) {
  const zone = useZone();
  const [typed, setTyped] = useState(() => {
    const to = fixed?.to.getTime() ?? Date.now();
    return { from: typedTime(fixed?.from.getTime() ?? to - HOUR, zone), to: typedTime(to, zone) };
  });
  const [errors, setErrors] = useState<TypedRange["errors"]>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readTypedRange(typed, zone, Date.now());
    if (read.range === null) setErrors(read.errors);
    else onRange(read.range);
  };
  const hint = zone === "UTC" ? "In UTC." : "In your own time zone.";
  return (
    <Dialog
      open
      onOpenChange={onClose}
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
        <Field label="From" hint={hint} error={errors?.from}>
          {(control) => (
            <Input
              {...control}
              type="datetime-local"
              value={typed.from}
              onChange={(event) => setTyped({ ...typed, from: event.target.value })}
            />
          )}
        </Field>
        <Field label="To" hint={hint} error={errors?.to}>
          {(control) => (
            <Input
              {...control}
              type="datetime-local"
              value={typed.to}
              onChange={(event) => setTyped({ ...typed, to: event.target.value })}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
