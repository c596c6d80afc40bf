import { readEveryPage } from "#lib/http/browser/every-page.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { createApiKey, revokeApiKey } from "#lib/identity/manage-keys.ts";
import { listKeys } from "#lib/identity/store.ts";
import type { Fence } from "#lib/platform/lease.ts";
import { fencedWrite } from "./admit-run.ts";

const NAME = "Evaluation worker";
const SCOPE = "gateway:trusted";
/** What a crashed worker leaves behind ends by itself. */
const LIFE_DAYS = 2;
const RENEW_AFTER_MS = 86_400_000;

/**
 * The key the worker asks the gateway with. It lives in this process's memory only; the catalog keeps its hash. Taking
 * over the loop makes a new one and revokes those of earlier workers.
 */
export function createSystemKey(deps: Deps): {
  /** Makes one where there is none yet, or a day after. */
  renew(fence: Fence): Promise<void>;
  /** As of now: a run that lasts for long changes keys with the others. @throws Error before the first `renew` */
  current(): string;
} {
  let held: { term: bigint; key: string; madeAt: number } | null = null;
  return {
    async renew(fence) {
      const now = deps.clock.now().getTime();
      if (held !== null && held.term === fence.term && now - held.madeAt < RENEW_AFTER_MS) return;
      held = { term: fence.term, key: await replaceKey(deps, fence), madeAt: now };
    },
    current() {
      if (held === null) throw new Error("the evaluation worker has no key yet");
      return held.key;
    },
  };
}

const replaceKey = (deps: Deps, fence: Fence): Promise<string> =>
  fencedWrite(deps, fence, async (ctx) => {
    const keys = await readEveryPage((page) => listKeys(ctx.tx, { tenantId: null, ...page }));
    const earlier = keys.filter(
      ({ name, scopes, revokedAt }) => name === NAME && scopes.join() === SCOPE && revokedAt === null,
    );
    for (const { id } of earlier) await revokeApiKey(ctx, { keyId: id });
    const created = await createApiKey(ctx, { name: NAME, scopes: [SCOPE], expiresInDays: LIFE_DAYS, tenantId: null });
    return created.key;
  });
