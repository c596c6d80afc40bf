import { MEASUREMENT_SOURCES, type Measurement } from "#lib/http/schema.ts";

/** Makes a measurement of an origin that is already known: see `measurementsOf`. */
export type MakeMeasurement = (value: number | null, unit: string, source?: Measurement["source"]) => Measurement;

/** Measurements of one origin; `source` is `measured` unless given. */
export const measurementsOf =
  (origin: { simulated: boolean; asOf: Date | null; coverage?: Measurement["coverage"] }): MakeMeasurement =>
  (value, unit, source = "measured") => ({
    value,
    unit,
    source,
    simulated: origin.simulated,
    asOf: origin.asOf?.toISOString() ?? null,
    coverage: origin.coverage ?? null,
  });

/** A measurement combined from several has the weakest source of its parts. */
export const weakestSource = (...parts: readonly Measurement["source"][]): Measurement["source"] =>
  MEASUREMENT_SOURCES.findLast((source) => parts.includes(source)) ?? "measured";
