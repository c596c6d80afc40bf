import * as z from "zod";
import { MEASUREMENT_SOURCES } from "#lib/http/schema.ts";
import { RESIDENCY_TIERS } from "../schema.ts";
import { MAX_MAP_COLUMNS, MAX_MAP_ROWS } from "./residency-map-limits.ts";

export const ResidencyMapQuery = z.object({
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});
export type ResidencyMapQuery = z.infer<typeof ResidencyMapQuery>;

/** So many columns one after the other. */
const columns = z.number().int().positive();

export const ResidencyMapRowSchema = z.object({
  loraName: z.string(),
  /** null = a name that nobody here gave; so are the other three then. */
  tenantId: z.string().nullable(),
  tenantSlug: z.string().nullable(),
  adapterSlug: z.string().nullable(),
  versionNumber: z.number().int().nullable(),
  /** Together as long as there are columns; neighbours differ. */
  runs: z.array(z.object({ tier: z.enum(RESIDENCY_TIERS), columns })),
  /** What the node itself reported at `measured.at`; null = it did not, or the map does not end now. */
  measured: z.enum(RESIDENCY_TIERS).nullable(),
});
export type ResidencyMapRow = z.infer<typeof ResidencyMapRowSchema>;

export const ResidencyMapSchema = z.object({
  /** The beginning of the first column. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  stepSeconds: z.number().int(),
  /** A column shows the end of its step, the last one `to`. */
  columns: z.number().int().max(MAX_MAP_COLUMNS),
  /** At most 40, the longest in a GPU slot first. */
  rows: z.array(ResidencyMapRowSchema).max(MAX_MAP_ROWS),
  /** Versions that found no row. */
  others: z.number().int(),
  slots: z.number().int(),
  /** Copies that host memory holds, those of the slots included. */
  places: z.number().int(),
  /** How the columns are known; together as long as there are columns. */
  sources: z.array(z.object({ source: z.enum(MEASUREMENT_SOURCES), columns })),
  /** The weakest of them. */
  source: z.enum(MEASUREMENT_SOURCES),
  simulated: z.boolean(),
  /** How far requests and loads are followed. */
  asOf: z.iso.datetime(),
  /** The node's own word of that time: of how many versions both agree. null = the node tells nothing. */
  measured: z.object({ at: z.iso.datetime(), agree: z.number().int(), of: z.number().int() }).nullable(),
  /** What weakens the map; null = nothing known does. */
  note: z.string().nullable(),
});
export type ResidencyMap = z.infer<typeof ResidencyMapSchema>;
