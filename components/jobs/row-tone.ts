import type { JobItem } from "#lib/jobs/schema.ts";

/** A failed row is red as a whole, so that it is found among hundreds. */
export const rowTone = ({ state }: Pick<JobItem, "state">): "bad" | undefined =>
  state === "failed" ? "bad" : undefined;
