import { bearerToken, parseApiKey, sameHash } from "#lib/identity/api-key.ts";
import { TRAFFIC_KINDS, type TrafficKind } from "#lib/telemetry/schema.ts";
import type { KeyEntry, Snapshot, TenantEntry } from "../snapshot/snapshot.ts";
import { type Rejection, reject } from "./rejection.ts";

/** One header by its lower-case name; null when absent or empty. */
export type ReadHeader = (name: string) => string | null;

/** What a trusted upstream may ask for beyond what a customer may. */
export type Pins = { versionId: string | null; nodeId: string | null; kind: TrafficKind };
export type Caller = { kind: "caller"; tenant: TenantEntry; pins: Pins };
export type Refused = { kind: "refused"; rejection: Rejection; tenantId: string | null };

export const TRUSTED_SCOPE = "gateway:trusted";
const INFERENCE_SCOPE = "inference";

const refused = (rejection: Rejection, tenantId: string | null = null): Refused => ({
  kind: "refused",
  rejection,
  tenantId,
});

/**
 * Who calls, for which tenant, and with what pins: from headers alone, before a byte of the body is read. A tenant's key
 * is enough by itself; a trusted upstream's key must name the tenant.
 */
export function identifyCaller(header: ReadHeader, snapshot: Snapshot, now: Date): Caller | Refused {
  const key = authenticate(header("authorization"), snapshot, now);
  if ("status" in key) return refused(key);
  const tenant = tenantOf(key, header(snapshot.settings.tenantHeader), snapshot);
  if ("code" in tenant) return refused(tenant, key.tenantId);
  const closed = whyClosed(tenant);
  if (closed !== null) return refused(closed, tenant.id);
  const pins = readPins(header, key);
  return "status" in pins ? refused(pins, tenant.id) : { kind: "caller", tenant, pins };
}

/** null = its requests are answered. */
export function whyClosed({ slug, status }: TenantEntry): Rejection | null {
  switch (status) {
    case "active":
      return null;
    case "suspended":
      return reject(403, "tenant_suspended", `The tenant ${slug} is suspended. Ask your provider to resume it.`);
    case "offboarding":
    case "archived":
      return reject(
        403,
        "tenant_closed",
        `The tenant ${slug} is closed for good: its models and keys were removed, or are about to be.`,
      );
  }
}

function authenticate(authorization: string | null, snapshot: Snapshot, now: Date): KeyEntry | Rejection {
  const token = bearerToken(authorization);
  if (token === null)
    return reject(401, "missing_api_key", "There is no API key. Send the header Authorization: Bearer <your key>.");
  const { prefix, hash } = parseApiKey(token);
  const key = snapshot.keys.get(prefix);
  if (!key || !sameHash(key.hash, hash))
    return reject(401, "invalid_api_key", "The API key is unknown or revoked. Use a current key of your tenant.");
  if (key.expiresAt !== null && key.expiresAt <= now)
    return reject(401, "expired_api_key", "The API key has expired. Create a new one.");
  return key;
}

function tenantOf(key: KeyEntry, named: string | null, snapshot: Snapshot): TenantEntry | Rejection {
  const param = snapshot.settings.tenantHeader;
  if (key.tenantId !== null) {
    if (!key.scopes.has(INFERENCE_SCOPE))
      return reject(403, "insufficient_scope", "This API key may not do inference. Use one with the scope inference.");
    const own = snapshot.tenants.get(key.tenantId);
    if (!own) return reject(401, "invalid_api_key", "The tenant of this API key does not exist any more.");
    if (named !== null && named !== own.slug && named !== own.id)
      return reject(403, "tenant_mismatch", `This API key belongs to another tenant. Leave out ${param}.`, { param });
    return own;
  }
  if (!key.scopes.has(TRUSTED_SCOPE))
    return reject(
      403,
      "insufficient_scope",
      `This API key may not act for tenants. Use one with the scope ${TRUSTED_SCOPE}.`,
    );
  if (named === null)
    return reject(400, "tenant_missing", `A trusted key must name the tenant. Send the header ${param}.`, { param });
  const tenant = snapshot.tenantsBySlug.get(named) ?? snapshot.tenants.get(named);
  return (
    tenant ??
    reject(404, "tenant_not_found", `There is no such tenant. Send its slug or id in the header ${param}.`, { param })
  );
}

function readPins(header: ReadHeader, key: KeyEntry): Pins | Rejection {
  const versionId = header("x-switchyard-pin-version");
  const nodeId = header("x-switchyard-pin-node");
  const kind = header("x-switchyard-kind");
  if (versionId === null && nodeId === null && kind === null) return { versionId, nodeId, kind: "user" };
  if (!key.scopes.has(TRUSTED_SCOPE))
    return reject(
      403,
      "pins_not_allowed",
      `The x-switchyard-pin-* and x-switchyard-kind headers need a key with the scope ${TRUSTED_SCOPE}. Leave them out.`,
    );
  const known = TRAFFIC_KINDS.find((candidate) => candidate === (kind ?? "user"));
  if (!known)
    return reject(400, "unknown_kind", `x-switchyard-kind must be one of ${TRAFFIC_KINDS.join(", ")}.`, {
      param: "x-switchyard-kind",
    });
  if (nodeId !== null && versionId === null)
    return reject(400, "pin_without_version", "A pinned node needs x-switchyard-pin-version as well.", {
      param: "x-switchyard-pin-version",
    });
  return { versionId, nodeId, kind: known };
}
