import type { Deps } from "#lib/identity/ctx.ts";
import { systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import type { Scope } from "#lib/platform/scope.ts";
import { abandonedChecks, moveState } from "../deletion/deletion-store.ts";
import { getVersion } from "../versions/version-store.ts";
import { notADraft } from "./receive-file.ts";

/** Whoever checks a draft says so this often. */
const HEARTBEAT_MS = 10_000;
/** Nobody has said so for this long: its process is gone. */
export const CHECK_ABANDONED_MS = 60_000;

/**
 * Holds a draft in `checking` while its checks run, so that nobody else checks it or sends it files. It stays so when
 * they end, until their outcome is recorded; when they cannot be made it is a draft again. A process that dies in between
 * leaves it in `checking`, which `reviveChecks` repairs.
 * @throws AppError `not_found`, or `conflict` (`check_in_progress`, `not_a_draft`)
 */
export async function whileChecking<T>(
  { deps, scope }: { deps: Deps; scope: Scope },
  versionId: string,
  check: () => Promise<T>,
): Promise<T> {
  const move = (from: "draft" | "checking", to: "draft" | "checking") =>
    deps.db.write(scope, (tx) => moveState(tx, versionId, { from, to, reason: null, at: deps.clock.now() }));
  if (!(await move("draft", "checking"))) throw await whyNot(deps, scope, versionId);
  const done = new AbortController();
  const heartbeats = heartbeat(deps, done.signal, () => move("checking", "checking"));
  try {
    return await check();
  } catch (error) {
    await move("checking", "draft");
    throw error;
  } finally {
    done.abort();
    await heartbeats;
  }
}

async function whyNot(deps: Deps, scope: Scope, versionId: string) {
  const version = await deps.db.read(scope, (tx) => getVersion(tx, versionId));
  if (version === null) return notFound("version");
  return notADraft(version.state);
}

async function heartbeat(deps: Deps, signal: AbortSignal, renew: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await deps.clock.sleep(HEARTBEAT_MS, signal).catch(() => {}); // only the end of the checks ends it early
    if (!signal.aborted) await renew().catch(() => {}); // the next beat is soon enough
  }
}

/** Makes drafts again of what a process that died was checking. @returns how many */
export async function reviveChecks(deps: Deps, fence: Fence): Promise<number> {
  const before = new Date(deps.clock.now().getTime() - CHECK_ABANDONED_MS);
  const abandoned = await systemRead(deps, "intake", (ctx) => abandonedChecks(ctx.tx, before));
  let revived = 0;
  for (const versionId of abandoned)
    await systemWrite(deps, "intake", async ({ tx }) => {
      await requireTerm(tx, fence);
      if (!(await abandonedChecks(tx, before)).includes(versionId)) return;
      const reason = "Its checks broke off. Nothing is lost: start them again.";
      const move = { from: "checking", to: "draft", reason, at: deps.clock.now() } as const;
      if (await moveState(tx, versionId, move)) revived += 1;
    });
  return revived;
}
