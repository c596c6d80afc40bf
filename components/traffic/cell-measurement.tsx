"use client";

import type { Measurement } from "#lib/http/schema.ts";
import { MeasurementView } from "../ui/measurement.tsx";

/** A figure in a dense table: nothing is quiet, so that what is not stands out. The page says once where all come from. */
export function CellMeasurement({
  value,
  unit,
}: {
  value: Measurement /** Set where the header carries it. */;
  unit: string | undefined;
}) {
  return (
    <MeasurementView
      value={unit === undefined ? value : { ...value, unit }}
      mark="none"
      {...(value.value === 0 ? { className: "text-fg-3" } : {})}
    />
  );
}
