import type { ImportState, RowState } from "../browser/import-schema.ts";
import type { VersionState } from "../schema.ts";

/** What a row's state is read from: what was stored, whether the job that had it still runs, and what came of it. */
export type RowStanding = {
  stored: RowState;
  isBusy: boolean;
  /** State of the version that was made for it; null = none. */
  version: VersionState | null;
  hasNameError: boolean;
};

/** A row's state as it is now: a job that ended lets go of its rows, and a version's own state says more than ours. */
export function presentState({ stored, isBusy, version, hasNameError }: RowStanding): RowState {
  if (stored === "skipped") return "skipped";
  if (version !== null) {
    if (version === "checking") return "importing";
    if (version === "rejected") return "invalid";
    if (version !== "draft") return "imported";
  }
  if (stored === "checking" || stored === "importing") {
    if (isBusy) return stored;
    return stored === "checking" ? "unchecked" : blockedBy("valid", hasNameError);
  }
  return blockedBy(stored, hasNameError);
}

const blockedBy = (state: RowState, hasNameError: boolean): RowState =>
  hasNameError && (state === "valid" || state === "failed") ? "invalid" : state;

/** An import takes these rows: what is valid, and what failed before. */
export const isRunnable = (state: RowState): boolean => state === "valid" || state === "failed";

/** What still needs a person. */
export const needsWork = (state: RowState): boolean =>
  state === "invalid" || state === "failed" || state === "unchecked";

/** An import's state as it is now. */
export function presentImportState(
  stored: ImportState,
  now: { isImporting: boolean; rows: number; imported: number; skipped: number },
): ImportState {
  if (stored === "discarded") return "discarded";
  if (now.isImporting) return "importing";
  return now.imported > 0 && now.imported + now.skipped === now.rows ? "completed" : "open";
}
