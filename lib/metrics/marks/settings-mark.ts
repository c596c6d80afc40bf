import { diffOf } from "#lib/identity/diff-of.ts";
import type { Annotation } from "../schema.ts";

/** An edit in the audit trail, as a row; without a pool it counts for all. */
export type SettingsEdit = {
  id: string;
  at: Date;
  poolId: string | null;
  poolName: string | null;
  before: unknown;
  after: unknown;
};

/** How many fields a mark tells before it says how many more. */
const LISTED = 2;

/** "Settings: evictionAlertThreshold 50 → 60"; null = nothing differs. */
export function settingsMark({ id, at, poolId, poolName, before, after }: SettingsEdit): Annotation | null {
  const diff = diffOf(before, after);
  if (diff.length === 0) return null;
  const listed = diff.slice(0, LISTED).map((one) => `${one.field} ${one.before ?? "none"} → ${one.after ?? "none"}`);
  const more = diff.length > LISTED ? [`and ${diff.length - LISTED} more`] : [];
  return {
    id,
    at: at.toISOString(),
    kind: "settings",
    title: `Settings${poolName === null ? "" : ` of ${poolName}`}: ${[...listed, ...more].join(", ")}`,
    outcome: "ok",
    tenantId: null,
    nodeId: null,
    ref: poolId === null ? { type: "settings", id: "settings" } : { type: "pool", id: poolId },
  };
}
