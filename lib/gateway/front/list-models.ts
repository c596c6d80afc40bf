import { modelNames, poolsOf } from "../routing/resolve-target.ts";
import type { Snapshot, TenantEntry } from "../snapshot/snapshot.ts";
import { type Rejection, reject } from "./rejection.ts";

export type ModelCard = { id: string; object: "model"; created: number; owned_by: string };

/** What a tenant's caller may name as `model`: its live adapters, and the base model where it is allowed. */
export function listModels(tenant: TenantEntry, snapshot: Snapshot): { object: "list"; data: ModelCard[] } {
  const card = (id: string, since: Date | null, owner: string): ModelCard => ({
    id,
    object: "model",
    created: Math.floor((since?.getTime() ?? 0) / 1000),
    owned_by: owner,
  });
  const live = tenant.adapters.filter((adapter) => adapter.liveVersionId !== null);
  const bases = tenant.allowBaseModel ? poolsOf(tenant, snapshot) : [];
  return {
    object: "list",
    data: [
      ...live.map((adapter) => card(adapter.slug, adapter.liveSince, tenant.slug)),
      ...bases.map((pool) => card(pool.baseModel, null, "switchyard")),
    ],
  };
}

/** One of what `listModels` lists; whatever else exists does not for this caller. */
export function findModel(id: string, tenant: TenantEntry, snapshot: Snapshot): ModelCard | Rejection {
  const found = listModels(tenant, snapshot).data.find((card) => card.id === id);
  if (found) return found;
  if (tenant.adapters.some(({ slug }) => slug === id))
    return reject("model_not_live", { says: `The model ${id} has no live version yet.`, param: "model" });
  return reject("model_not_found", {
    ...(tenant.adapters.length > 0 ? { fix: `Use one of ${modelNames(tenant)}.` } : {}),
    param: "model",
  });
}
