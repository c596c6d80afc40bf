import type { Cutover } from "#lib/cutover/schema.ts";

/** What answers before a cutover: a version, the customer's own endpoint, or nothing. */
export type Before = "version" | "origin" | "nothing";

/** What a cutover goes back to; null = nothing answered before it. */
export const backTo = ({ fromOrigin, fromNumber }: Pick<Cutover, "fromOrigin" | "fromNumber">): string | null =>
  fromNumber === null ? (fromOrigin ? "its origin" : null) : `v${fromNumber}`;

/** How a cutover is undone, said before it starts; null = it cannot be. */
export function undoOfStart(before: Before): string | null {
  switch (before) {
    case "version":
      return "Roll back on the tenant's page or on the cutover's";
    case "origin":
      return "Roll back to the customer's own endpoint, until it is switched off";
    case "nothing":
      return null;
  }
}

/** How the end of a cutover's step is undone; null = it cannot be, since nothing answered before it. */
export function undoOfStep(cutover: Pick<Cutover, "fromOrigin" | "fromNumber">): string | null {
  const target = backTo(cutover);
  return target === null ? null : `Roll back to ${target}, on this page or on the tenant's`;
}

/** Why a cutover cannot be rolled back now; null = it can. */
export function rollBackRefusal({ canRollBack, canAbort, phase, toNumber, ...from }: Cutover): string | null {
  if (canRollBack) return null;
  if (phase === "rolled_back") return "It was already rolled back.";
  if (canAbort) return "No traffic has switched yet. Abort the cutover instead.";
  if (phase === "aborted") return "It was aborted before any traffic switched.";
  if (backTo(from) === null) return `Nothing was live before v${toNumber}: there is no version to roll back to.`;
  return `v${toNumber} is no longer live, or the version it replaced is gone.`;
}
