import { isDeepStrictEqual } from "node:util";
import type { AlertEvidence } from "../browser/alert-schema.ts";
import type { AlertRecord } from "./alert-store.ts";

/**
 * The columns of an alert that a look has changed. A figure that was read again and is the same is no change: when the
 * rules were last looked at is known of all alerts at once.
 */
export function changesOf(before: AlertRecord, after: AlertRecord): Partial<AlertRecord> {
  const keys = (Object.keys(after) as (keyof AlertRecord)[]).filter((key) =>
    key === "evidence"
      ? !isDeepStrictEqual(timeless(before.evidence), timeless(after.evidence))
      : !isDeepStrictEqual(before[key], after[key]),
  );
  return Object.fromEntries(keys.map((key) => [key, after[key]]));
}

const timeless = ({ figure, ...rest }: AlertEvidence) => ({ ...rest, figure: figure && { ...figure, asOf: null } });
