import { staleEdit } from "#lib/http/etag.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { requireStaying } from "#lib/identity/tenant-access-store.ts";
import { type AppError, conflict, invalidField } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { orTaken } from "#lib/platform/or-taken.ts";
import { checkNodeUrl } from "#lib/platform/outbound.ts";
import type { CreateEndpoint, Endpoint, EndpointUse, UpdateEndpoint } from "../browser/endpoint-schema.ts";
import { found } from "../found.ts";
import { sealEndpointKey } from "./endpoint-access.ts";
import {
  deleteEndpoint,
  type EndpointFields,
  findEndpoint,
  insertEndpoint,
  isTenantKnown,
  lockEndpoint,
  saveEndpoint,
  withoutKey,
} from "./endpoint-store.ts";

/** @throws AppError `conflict` (`name_taken`, `tenant_leaving`), `invalid` on baseUrl or tenantId */
export async function createEndpoint(ctx: Ctx, input: CreateEndpoint): Promise<Endpoint> {
  const id = newId("endpoint");
  const { apiKey, ...rest } = input;
  if (input.tenantId !== null) await requireTenant(ctx, input.tenantId);
  const fields = {
    ...rest,
    baseUrl: checkBaseUrl(ctx, input.baseUrl),
    sealedKey: apiKey === undefined ? null : sealEndpointKey(ctx.deps.secrets, id, apiKey),
  };
  const isNew = await orTaken(insertEndpoint(ctx.tx, id, fields).then(() => true));
  if (isNew === null) throw nameTaken(input.name);
  const after = withoutKey(found("endpoint", await findEndpoint(ctx.tx, id)));
  await audit(ctx, {
    action: "endpoint.create",
    object: { type: "endpoint", id },
    tenantId: null,
    after: audited(after),
  });
  return after;
}

/**
 * Changes an endpoint; without a new key the old one stays. It stays with the address it was given for, so that nobody
 * can have it sent elsewhere.
 * @throws AppError `not_found`, `stale`, `conflict` (`name_taken`), `invalid` on baseUrl or apiKey
 */
export async function updateEndpoint(
  ctx: Ctx,
  input: { endpointId: string; expectedGeneration: number; change: UpdateEndpoint },
): Promise<Endpoint> {
  const before = found("endpoint", await findEndpoint(ctx.tx, input.endpointId));
  const { apiKey, ...change } = input.change;
  const fields: Partial<EndpointFields> = { ...change };
  if (change.baseUrl !== undefined) fields.baseUrl = checkBaseUrl(ctx, change.baseUrl);
  const isMoved = (fields.baseUrl ?? before.baseUrl) !== before.baseUrl;
  if (apiKey === undefined && before.hasKey && isMoved)
    throw invalidField(
      "apiKey",
      "key_needed",
      "Another base URL needs its key.",
      "Enter the key of the new address as well, or take the old one away.",
    );
  if (apiKey !== undefined)
    fields.sealedKey = apiKey === null ? null : sealEndpointKey(ctx.deps.secrets, before.id, apiKey);
  const isSaved = await orTaken(saveEndpoint(ctx.tx, before.id, input.expectedGeneration, fields));
  if (isSaved === null) throw nameTaken(change.name ?? before.name);
  if (!isSaved) throw staleEdit();
  const after = withoutKey(found("endpoint", await findEndpoint(ctx.tx, before.id)));
  await audit(ctx, {
    action: "endpoint.update",
    object: { type: "endpoint", id: before.id },
    tenantId: null,
    before: audited(withoutKey(before)),
    after: { ...audited(after), keyChanged: apiKey !== undefined },
  });
  return after;
}

/** @throws AppError `not_found`, or `conflict` (`endpoint_in_use`) with who uses it */
export async function removeEndpoint(ctx: Ctx, endpointId: string): Promise<void> {
  await lockEndpoint(ctx.tx, endpointId);
  const before = found("endpoint", await findEndpoint(ctx.tx, endpointId));
  if (before.usedBy.length > 0)
    throw conflict(
      "endpoint_in_use",
      `${before.name} is used: ${before.usedBy.map(useText).join(", ")}.`,
      "Choose something else there first.",
    );
  await deleteEndpoint(ctx.tx, endpointId);
  await audit(ctx, {
    action: "endpoint.delete",
    object: { type: "endpoint", id: endpointId },
    tenantId: null,
    before: audited(withoutKey(before)),
  });
}

function useText({ kind, name }: EndpointUse): string {
  switch (kind) {
    case "origin":
      return `origin of ${name}`;
    case "tenant":
      return `hosted provider of ${name}`;
    case "pool":
      return `hosted provider of the pool ${name}`;
  }
}

/** What the trail keeps of it. */
const audited = ({ usedBy, tenantName, createdAt, ...endpoint }: Endpoint) => endpoint;

async function requireTenant(ctx: Ctx, tenantId: string): Promise<void> {
  if (!(await isTenantKnown(ctx.tx, tenantId)))
    throw invalidField(
      "tenantId",
      "unknown_tenant",
      "There is no such tenant.",
      "Take an id from the list of tenants.",
    );
  await requireStaying(ctx.tx, tenantId);
}

/** @returns the URL without a slash at the end @throws AppError `invalid` naming baseUrl */
function checkBaseUrl(ctx: Ctx, value: string): string {
  const url = checkNodeUrl(value, "baseUrl");
  if (new URL(url).origin === new URL(ctx.deps.gatewayUrl).origin)
    throw invalidField(
      "baseUrl",
      "own_gateway",
      "That is Switchyard's own gateway: requests would go round in circles.",
      "Give the address that the service itself has.",
    );
  if (/\/(chat\/completions|completions|models)$/.test(url))
    throw invalidField(
      "baseUrl",
      "not_a_base",
      "The URL is that of one call; a base URL ends before it.",
      "Leave out /chat/completions and what follows it.",
    );
  return url;
}

const nameTaken = (name: string): AppError =>
  conflict("name_taken", `There is already an endpoint called ${name}.`, "Choose another name.", "name");
