import { ask } from "./api.ts";

/** Applications that ask at the same time. */
const ASKING = 3;

/**
 * Every tenant asks, one round after the other, as many at once as a small machine carries. Refusals do not matter: some
 * tenants have a plan that a burst exceeds.
 * @returns when the measured rounds began and ended
 */
export async function burst(
  tenantSlugs: readonly string[],
  rounds: { warmUp: number; measured: number },
): Promise<{ from: Date; to: Date }> {
  await askAll(tenantSlugs, rounds.warmUp);
  const from = new Date();
  await askAll(tenantSlugs, rounds.measured);
  return { from, to: new Date() };
}

async function askAll(tenantSlugs: readonly string[], rounds: number): Promise<void> {
  const waiting = Array.from({ length: rounds }, () => tenantSlugs)
    .flat()
    .values();
  const application = async () => {
    for (const slug of waiting) await (await ask(slug, { max_tokens: 4 })).text();
  };
  await Promise.all(Array.from({ length: ASKING }, application));
}
