import type { Deps } from "#lib/identity/ctx.ts";
import type { Secrets } from "#lib/platform/secrets.ts";
import { createNodeClient, type NodeClient } from "#lib/vllm/node-client.ts";

/** Where a node's key is sealed to: moved to another row it does not open. */
const placeOf = (nodeId: string) => `Node.sealedKey:${nodeId}`;

export const sealNodeKey = (secrets: Secrets, nodeId: string, apiKey: string | null): string | null =>
  apiKey === null ? null : secrets.seal(apiKey, placeOf(nodeId));

/** @throws Error when SECRETS_KEY is not the one the key was sealed with */
export const openNodeKey = (secrets: Secrets, node: { id: string; sealedKey: string | null }): string | null =>
  node.sealedKey === null ? null : secrets.open(node.sealedKey, placeOf(node.id));

/** A client for a node of the catalog. */
export const clientFor = (
  deps: Pick<Deps, "secrets" | "outbound">,
  node: { id: string; baseUrl: string; sealedKey: string | null; engineVersion: string | null },
): NodeClient =>
  createNodeClient({
    baseUrl: node.baseUrl,
    apiKey: openNodeKey(deps.secrets, node),
    outbound: deps.outbound,
    engineVersion: node.engineVersion,
  });
