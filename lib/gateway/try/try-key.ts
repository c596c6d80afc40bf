import { type Deps, systemWrite } from "#lib/identity/ctx.ts";
import { createApiKey } from "#lib/identity/manage-keys.ts";

/** What a web process that went leaves behind ends by itself. */
const LIFE_DAYS = 1;
const RENEW_AFTER_MS = 12 * 3_600_000;

export type TryKey = { text: string; madeAt: number };

/** One a process, in its memory only; the catalog keeps the hash. */
const held = new WeakMap<Deps, Promise<TryKey>>();

/**
 * The key that trials are sent with: it may speak for a tenant and mark its requests as probes, so that no trial counts
 * as a customer's own. Trials that begin at once share one.
 */
export async function tryKey(deps: Deps): Promise<TryKey> {
  const known = held.get(deps);
  if (known === undefined) return makeAndHold(deps);
  const key = await known;
  if (deps.clock.now().getTime() - key.madeAt < RENEW_AFTER_MS) return key;
  if (held.get(deps) === known) held.delete(deps);
  return tryKey(deps);
}

/** Somebody revoked it: the next trial makes another. */
export const forgetTryKey = (deps: Deps): void => void held.delete(deps);

function makeAndHold(deps: Deps): Promise<TryKey> {
  const making = make(deps);
  held.set(deps, making);
  making.catch(() => held.delete(deps)); // whoever asked is told; the next one tries again
  return making;
}

const make = async (deps: Deps): Promise<TryKey> => {
  const { key } = await systemWrite(deps, "try-it panel", (ctx) =>
    createApiKey(ctx, { name: "Try-it panel", scopes: ["gateway:trusted"], expiresInDays: LIFE_DAYS, tenantId: null }),
  );
  return { text: key, madeAt: deps.clock.now().getTime() };
};
