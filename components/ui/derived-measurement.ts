import type { Measurement } from "#lib/http/schema.ts";

/** A number that the page itself works out from what it shows: of no moment, and seen on no node. */
export const derivedMeasurement = (value: number, unit: string): Measurement => ({
  value,
  unit,
  source: "derived",
  simulated: false,
  asOf: null,
  coverage: null,
});
