import type { Secrets } from "#lib/platform/secrets.ts";

/** Where an endpoint's key is sealed to: moved to another row it does not open. */
const placeOf = (endpointId: string) => `Endpoint.sealedKey:${endpointId}`;

export const sealEndpointKey = (secrets: Secrets, endpointId: string, key: string): string =>
  secrets.seal(key, placeOf(endpointId));

/** @throws Error when SECRETS_KEY is not the one the key was sealed with */
export const openEndpointKey = (secrets: Secrets, endpoint: { id: string; sealedKey: string | null }): string | null =>
  endpoint.sealedKey === null ? null : secrets.open(endpoint.sealedKey, placeOf(endpoint.id));
