import type { ControlKind } from "../browser/control-kinds.ts";
import type { Control } from "../browser/control-schema.ts";
import type { ControlRecord } from "./control-store.ts";

/** Such as "Shed Globex"; an object that is gone is said to be. */
export function controlTitle(
  kind: ControlKind,
  { tenantName, nodeName }: { tenantName: string | null; nodeName: string | null },
): string {
  const tenant = tenantName ?? "a tenant that is gone";
  const node = nodeName ?? "a node that is gone";
  switch (kind) {
    case "serve_previous":
      return `Serve the previous version to ${tenant}`;
    case "serve_fallback":
      return `Serve the fallback to ${tenant}`;
    case "shed":
      return `Shed ${tenant}`;
    case "freeze":
      return "Freeze all cutovers and evals";
    case "cordon":
      return `Cordon ${node}`;
    case "drain":
      return `Drain ${node}`;
  }
}

/** A control as the API shows it. */
export function toControl(record: ControlRecord, now: Date): Control {
  const { wasCordoned: _, startedAt, expiresAt, renewedAt, endedAt, ...rest } = record;
  return {
    ...rest,
    title: controlTitle(record.kind, record),
    active: endedAt === null && expiresAt > now,
    startedAt: startedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    renewedAt: renewedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  };
}

/** "12:03 UTC", for sentences that are kept. */
export const clockTime = (at: Date): string => `${at.toISOString().slice(11, 16)} UTC`;
