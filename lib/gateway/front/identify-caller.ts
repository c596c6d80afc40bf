import { TRAFFIC_KINDS, type TrafficKind } from "#lib/requests/schema.ts";
import type { KeyEntry, Snapshot, TenantEntry } from "../snapshot/snapshot.ts";
import type { KeyCache } from "./key-cache.ts";
import { type Rejection, reject } from "./rejection.ts";

/** One header by its lower-case name; null when absent or empty. */
export type ReadHeader = (name: string) => string | null;

/** What a trusted upstream may ask for beyond what a customer may. */
export type Pins = { versionId: string | null; nodeId: string | null; kind: TrafficKind };
export type Caller = { kind: "caller"; keyId: string; tenant: TenantEntry; pins: Pins };
/** `tenant` = whose request was refused; null while nobody proved to be one. */
export type Refused = { kind: "refused"; rejection: Rejection; tenant: TenantEntry | null; keyId: string | null };

export const TRUSTED_SCOPE = "gateway:trusted";
const INFERENCE_SCOPE = "inference";

const NO_PINS: Pins = { versionId: null, nodeId: null, kind: "user" };

const refused = (rejection: Rejection, key: KeyEntry | null = null, tenant: TenantEntry | null = null): Refused => ({
  kind: "refused",
  rejection,
  tenant,
  keyId: key?.id ?? null,
});

/**
 * Who calls, for which tenant, and with what pins: from headers alone, before a byte of the body is read. A tenant's key
 * is enough by itself; a trusted upstream's key must name the tenant.
 */
export function identifyCaller(header: ReadHeader, snapshot: Snapshot, keys: KeyCache, now: number): Caller | Refused {
  const key = authenticate(header("authorization"), snapshot, keys, now);
  if ("status" in key) return refused(key);
  const tenant = tenantOf(key, header(snapshot.settings.tenantHeader), snapshot);
  if ("code" in tenant) return refused(tenant, key, snapshot.tenants.get(key.tenantId ?? "") ?? null);
  const closed = whyClosed(tenant);
  if (closed !== null) return refused(closed, key, tenant);
  const pins = readPins(header, key);
  return "status" in pins ? refused(pins, key, tenant) : { kind: "caller", keyId: key.id, tenant, pins };
}

/** null = its requests are answered. */
export function whyClosed({ slug, status }: TenantEntry): Rejection | null {
  switch (status) {
    case "active":
      return null;
    case "suspended":
      return reject("tenant_suspended", { says: `The tenant ${slug} is suspended.` });
    case "offboarding":
    case "archived":
      return reject("tenant_closed", {
        says: `The tenant ${slug} is permanently closed: its models and keys were removed, or are about to be.`,
      });
  }
}

function authenticate(
  authorization: string | null,
  snapshot: Snapshot,
  keys: KeyCache,
  now: number,
): KeyEntry | Rejection {
  const key = keys.find(authorization, snapshot);
  if (key === "absent") return reject("missing_api_key");
  if (key === "unknown") return reject("invalid_api_key");
  if (key.expiresAt !== null && key.expiresAt.getTime() <= now) return reject("expired_api_key");
  return key;
}

function tenantOf(key: KeyEntry, named: string | null, snapshot: Snapshot): TenantEntry | Rejection {
  const param = snapshot.settings.tenantHeader;
  if (key.tenantId !== null) {
    if (!key.scopes.has(INFERENCE_SCOPE))
      return reject("insufficient_scope", {
        says: "This API key may not do inference.",
        fix: `Use one with the scope ${INFERENCE_SCOPE}.`,
      });
    const own = snapshot.tenants.get(key.tenantId);
    if (!own) return reject("invalid_api_key", { says: "The tenant of this API key does not exist any more." });
    if (named !== null && named !== own.slug && named !== own.id)
      return reject("tenant_mismatch", { fix: `Leave out ${param}.`, param });
    return own;
  }
  if (!key.scopes.has(TRUSTED_SCOPE))
    return reject("insufficient_scope", {
      says: "This API key may not act for tenants.",
      fix: `Use one with the scope ${TRUSTED_SCOPE}.`,
    });
  if (named === null) return reject("tenant_missing", { fix: `Send the header ${param}.`, param });
  const tenant = snapshot.tenantsBySlug.get(named) ?? snapshot.tenants.get(named);
  return tenant ?? reject("tenant_not_found", { fix: `Send its slug or id in the header ${param}.`, param });
}

function readPins(header: ReadHeader, key: KeyEntry): Pins | Rejection {
  const versionId = header("x-switchyard-pin-version");
  const nodeId = header("x-switchyard-pin-node");
  const kind = header("x-switchyard-kind");
  if (versionId === null && nodeId === null && kind === null) return NO_PINS;
  if (!key.scopes.has(TRUSTED_SCOPE)) return reject("pins_not_allowed");
  const known = TRAFFIC_KINDS.find((candidate) => candidate === (kind ?? "user"));
  if (!known)
    return reject("unknown_kind", { fix: `Use one of ${TRAFFIC_KINDS.join(", ")}.`, param: "x-switchyard-kind" });
  if (nodeId !== null && versionId === null)
    return reject("pin_without_version", { param: "x-switchyard-pin-version" });
  return { versionId, nodeId, kind: known };
}
