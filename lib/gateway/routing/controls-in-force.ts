import type { Snapshot } from "../snapshot/snapshot.ts";

/** What was set by hand for a tenant's requests. */
export type TenantControls = {
  /** Its requests are refused until then; null = they are not. */
  shedUntil: Date | null;
  servesPrevious: boolean;
  servesFallback: boolean;
};

const NONE: TenantControls = { shedUntil: null, servesPrevious: false, servesFallback: false };

/** A control counts until its time is up, whether or not anybody has ended it in the catalog. */
export function tenantControls(tenantId: string, { controls }: Snapshot, now: Date): TenantControls {
  if (controls.length === 0) return NONE;
  const found = { ...NONE };
  for (const control of controls) {
    if (control.tenantId !== tenantId || control.expiresAt <= now) continue;
    if (control.kind === "serve_previous") found.servesPrevious = true;
    if (control.kind === "serve_fallback") found.servesFallback = true;
    if (control.kind === "shed" && (found.shedUntil === null || control.expiresAt > found.shedUntil))
      found.shedUntil = control.expiresAt;
  }
  return found;
}

/** Whether somebody took the node out of service by hand, for a while. */
export function isTakenOut(nodeId: string, { controls }: Snapshot, now: Date): boolean {
  for (const control of controls)
    if (control.nodeId === nodeId && control.expiresAt > now && (control.kind === "cordon" || control.kind === "drain"))
      return true;
  return false;
}
