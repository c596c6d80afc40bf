import { type Ctx, type Deps, systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import type { DigestCheck } from "../artifacts/verify-digest.ts";
import { checkStore } from "./check-store.ts";
import { damageReason } from "./damage-reason.ts";
import { listDue, readStoreCounts, type StoredDirectory, stampVerified } from "./integrity-store.ts";
import { bytesPerSecond, DUE_AFTER_MS } from "./pace.ts";
import { quarantineVersion } from "./quarantine-version.ts";
import { verifyStored } from "./verify-stored.ts";

/** Directories a round takes at most; what is left comes next time, the longest unproven first. */
const MOST_A_ROUND = 200;
/** A round ends after this long, so that how the loop fares stays known. */
const ROUND_MS = 20_000;

export type ScrubRound = {
  proven: number;
  quarantined: number;
  /** Directories that could not be read, by store path; they are tried again in the next round. */
  unreadable: { storePath: string; message: string }[];
};

/**
 * Reads the directories that are due, one after the other, and writes down what was found: proven, or quarantined with
 * every version that uses it. Whatever happened before, it begins with what was not proven the longest, so a crash costs
 * one directory. Nothing is judged while the store itself is not there.
 * @throws Error when the store is not there
 */
export async function scrubRound(deps: Deps, fence: Fence, signal: AbortSignal): Promise<ScrubRound> {
  const round: ScrubRound = { proven: 0, quarantined: 0, unreadable: [] };
  const store = await checkStore(deps);
  if (store.state === "unavailable") throw new Error(store.message);
  const startedAt = deps.clock.now().getTime();
  const before = new Date(startedAt - DUE_AFTER_MS);
  const { due, bytes } = await systemRead(deps, fence.name, async ({ tx }) => ({
    due: await listDue(tx, before, MOST_A_ROUND),
    bytes: (await readStoreCounts(tx, before)).bytes,
  }));
  for (const directory of due) {
    if (signal.aborted || deps.clock.now().getTime() - startedAt > ROUND_MS) break;
    const options = { background: true, bytesPerSecond: bytesPerSecond(bytes), signal };
    await writeDown(deps, fence, round, directory, await verifyStored(deps, directory, options));
  }
  return round;
}

async function writeDown(
  deps: Deps,
  fence: Fence,
  round: ScrubRound,
  directory: StoredDirectory,
  check: DigestCheck,
): Promise<void> {
  const write = (change: (ctx: Ctx) => Promise<unknown>) =>
    systemWrite(deps, fence.name, async (ctx) => {
      await requireTerm(ctx.tx, fence);
      await change(ctx);
    });
  switch (check.kind) {
    case "ok":
      round.proven += 1;
      return write((ctx) => stampVerified(ctx.tx, directory, ctx.clock.now()));
    case "unreadable":
      round.unreadable.push({ storePath: directory.storePath, message: check.message });
      return;
    case "wrong": {
      const { versionId, storePath } = directory;
      round.quarantined += 1;
      deps.log.error("stored bytes are not what was registered", { versionId, storePath, file: check.path });
      return write((ctx) => quarantineVersion(ctx, { versionId, reason: damageReason(check), damage: check }));
    }
  }
}
