import type { Deps } from "#lib/identity/ctx.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import { collectArtifacts, collectOrphans } from "../deletion/collect-artifacts.ts";
import { reviveChecks } from "./claim-draft.ts";
import { expireDrafts } from "./expire-drafts.ts";
import { sweepIncoming } from "./sweep-incoming.ts";

export const INTAKE_LOOP = "intake";
const INTERVAL_MS = 30_000;
const LEASE_MS = 90_000;
/** Bytes that nobody has touched for this long were left behind by a crash. */
const IDLE_MS = 86_400_000;

/** Every directory of the store is read for it. */
const ORPHANS_EVERY_MS = 3_600_000;

/**
 * Gives up abandoned drafts, makes drafts again of checks that broke off, and removes bytes that nobody needs: of broken-off
 * uploads, of deleted versions, and directories that no version names. Until `signal` aborts.
 */
export function runIntakeLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  let orphansDue = new Date(0);
  return runLeasedLoop(deps, signal, {
    name: INTAKE_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_MS,
    wakesOn: ["AdapterVersion"],
    wakeGapMs: 500,
    tick: async ({ term }) => {
      const fence = { name: INTAKE_LOOP, term };
      const revived = await reviveChecks(deps, fence);
      if (revived > 0) deps.log.warn("checks that broke off are drafts again", { revived });
      const expired = await expireDrafts(deps, fence);
      if (expired > 0) deps.log.info("abandoned drafts given up", { expired });
      const removed = await sweepIncoming(deps, IDLE_MS);
      if (removed > 0) deps.log.info("abandoned uploads removed", { removed });
      const collected = await collectArtifacts(deps, fence);
      if (collected > 0) deps.log.info("bytes of deleted versions removed", { directories: collected });
      if (deps.clock.now() < orphansDue) return;
      orphansDue = new Date(deps.clock.now().getTime() + ORPHANS_EVERY_MS);
      await collectOrphans(deps, fence, IDLE_MS);
    },
  });
}
