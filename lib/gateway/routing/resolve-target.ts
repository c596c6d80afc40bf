import type { Pins } from "../front/identify-caller.ts";
import { type Rejection, reject } from "../front/rejection.ts";
import type { AdapterEntry, PoolEntry, Snapshot, TenantEntry, VersionEntry } from "../snapshot/snapshot.ts";

/** What the caller wants answered. */
export type Target =
  | { kind: "adapter"; adapter: AdapterEntry }
  | { kind: "base"; pool: PoolEntry }
  | { kind: "pinned"; version: VersionEntry; nodeId: string | null };

/**
 * Which of a tenant's models is meant. An absent model, `default` and the tenant's slug are its default adapter; the base
 * model answers to its name only where the tenant may use it, and to evaluations, which compare with it.
 * @param model the body's `model`; null when it has none
 */
export function resolveTarget(
  model: string | null,
  tenant: TenantEntry,
  pins: Pins,
  snapshot: Snapshot,
): Target | Rejection {
  if (pins.versionId !== null) return pinnedTarget(pins.versionId, pins.nodeId, tenant, snapshot);
  const named = tenant.adapters.find((adapter) => adapter.slug === model);
  if (named) return { kind: "adapter", adapter: named };
  if (model === null || model === "default" || model === tenant.slug) {
    if (tenant.defaultAdapter) return { kind: "adapter", adapter: tenant.defaultAdapter };
    return tenant.adapters.length === 0
      ? reject("model_not_found", {
          says: "This tenant has no model yet.",
          fix: "Ask your provider to add one.",
          param: "model",
        })
      : reject("model_not_found", {
          says: "This tenant has no default model.",
          fix: `Name one of ${modelNames(tenant)}.`,
          param: "model",
        });
  }
  const pool =
    tenant.allowBaseModel || pins.kind === "eval"
      ? poolsOf(tenant, snapshot).find((candidate) => candidate.baseModel === model)
      : undefined;
  if (pool) return { kind: "base", pool };
  return reject("model_not_found", {
    ...(tenant.adapters.length > 0 ? { fix: `Use one of ${modelNames(tenant)}, or leave model out.` } : {}),
    param: "model",
  });
}

function pinnedTarget(
  versionId: string,
  nodeId: string | null,
  tenant: TenantEntry,
  snapshot: Snapshot,
): Target | Rejection {
  const version = snapshot.versions.get(versionId);
  if (version && version.tenantId === tenant.id) return { kind: "pinned", version, nodeId };
  return reject("pinned_version_not_found", { param: "x-switchyard-pin-version" });
}

/** The pools of a tenant's adapters. */
export const poolsOf = (tenant: TenantEntry, snapshot: Snapshot): PoolEntry[] =>
  [...new Set(tenant.adapters.map((adapter) => adapter.poolId))]
    .map((id) => snapshot.pools.get(id))
    .filter((pool) => pool !== undefined);

/** Its adapters, as a customer names them. */
export const modelNames = (tenant: TenantEntry): string => tenant.adapters.map((adapter) => adapter.slug).join(", ");
