import { FIGURE_SOURCES, type Figure } from "#lib/http/schema.ts";

/** A figure whose origin was named before its value is known: see `figuresOf`. */
export type MakeFigure = (value: number | null, unit: string, source?: Figure["source"]) => Figure;

/** Figures of one origin; measured unless it is said. */
export const figuresOf =
  (origin: { simulated: boolean; asOf: Date | null; coverage?: Figure["coverage"] }): MakeFigure =>
  (value, unit, source = "measured") => ({
    value,
    unit,
    source,
    simulated: origin.simulated,
    asOf: origin.asOf?.toISOString() ?? null,
    coverage: origin.coverage ?? null,
  });

/** A figure that is put together takes the weakest mark of its parts. */
export const weakestSource = (...parts: readonly Figure["source"][]): Figure["source"] =>
  FIGURE_SOURCES.findLast((source) => parts.includes(source)) ?? "measured";
