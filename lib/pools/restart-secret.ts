import type { Secrets } from "#lib/platform/secrets.ts";

/** Where a pool's secret is sealed to: moved to another row it does not open. */
const placeOf = (poolId: string) => `Pool.sealedRestartSecret:${poolId}`;

export const sealRestartSecret = (secrets: Secrets, poolId: string, secret: string): string =>
  secrets.seal(secret, placeOf(poolId));

/** @throws Error when SECRETS_KEY is not the one the secret was sealed with */
export const openRestartSecret = (secrets: Secrets, poolId: string, sealed: string): string =>
  secrets.open(sealed, placeOf(poolId));
