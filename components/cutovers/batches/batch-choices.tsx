"use client";

import { NUMBER } from "../../ui/form/field-text.ts";
import { FormText, FormTextarea } from "../../ui/form/form-fields.tsx";
import type { ApiForm } from "../../ui/form/use-api-form.ts";
import { useFormField } from "../../ui/form/use-form-field.ts";
import { useReader } from "../../ui/reader.tsx";
import { Segments } from "../../ui/segments.tsx";
import type { BatchValues } from "./batch-body.ts";

/** It shows none: an error about it stands above the page. */
const NO_ERRORS: readonly string[] = [];

/** How many at a time, when to stop, and how each of them goes. */
export function BatchChoices({ form }: { form: ApiForm<BatchValues> }) {
  const { may } = useReader();
  const pace = useFormField<BatchValues, BatchValues["pace"]>({ form, name: "pace", errorsOf: NO_ERRORS });
  const number = { form, as: NUMBER, inputMode: "numeric" } as const;
  return (
    <div className="flex flex-col gap-4">
      <div className="grid max-w-160 gap-4 sm:grid-cols-2">
        <FormText
          {...number}
          name="atOnce"
          label="Concurrent cutovers"
          hint="1 to 20. Fewer start when a CPU cache is full."
        />
        <FormText
          {...number}
          name="stopAfterFailures"
          label="Stop after failures"
          hint="After this, no new cutover starts; running ones continue."
        />
      </div>
      <Segments
        label="Cutover steps"
        options={[
          { key: "steps", label: "Step by step" },
          { key: "once", label: "All at once" },
        ]}
        value={pace.value}
        onChange={pace.onChange}
      />
      {may.includes("cutover.override") && (
        <FormTextarea
          form={form}
          name="overrideReason"
          label="Override gates"
          optional
          hint="To let versions without a pass go live, enter a reason of at least 10 characters. It is kept in each audit trail."
          rows={2}
        />
      )}
    </div>
  );
}
