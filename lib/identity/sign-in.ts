import type { Tx } from "#lib/platform/db.ts";
import { AppError } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { Actor } from "./actor.ts";
import type { Deps } from "./ctx.ts";
import { verifyPassword } from "./password.ts";
import {
  type Account,
  countFailedSignIns,
  createSession,
  findAccountByEmail,
  findAccountBySession,
  lockSignIns,
  markSignInSucceeded,
  recordFailedSignIn,
  revokeSession,
} from "./store.ts";

export const SESSION_MAX_AGE_SECONDS = 12 * 3600;
const WINDOW_MS = 15 * 60_000;
const FAILURES_MAX = 10;

export type SignedIn = { sessionId: string; userId: string; email: string; name: string };

/**
 * Checks a password and opens a session.
 * @returns null for a wrong e-mail or password alike
 * @throws AppError `rate_limited` after 10 failures in 15 minutes on one e-mail or from one address
 */
export async function signIn(
  deps: Deps,
  input: { email: string; password: string; address: string; userAgent: string | null },
): Promise<SignedIn | null> {
  const email = input.email.trim().toLowerCase();
  const now = deps.clock.now();
  const subjects = [`address:${input.address}`, `email:${email}`];
  const { account, attempts } = await deps.db.write(platformScope, async (tx) => ({
    attempts: await takeAttempts(tx, subjects, now),
    account: await findAccountByEmail(tx, email),
  }));
  const matches = await verifyPassword(account?.passwordHash ?? null, input.password);
  const succeeded = matches && account !== null && account.disabledAt === null;
  if (!succeeded || !account) return null;
  return deps.db.write(platformScope, async (tx) => {
    await markSignInSucceeded(tx, attempts);
    const id = newId("session");
    const expiresAt = new Date(now.getTime() + SESSION_MAX_AGE_SECONDS * 1000);
    await createSession(tx, { id, userId: account.id, userAgent: input.userAgent, createdAt: now, expiresAt });
    return { sessionId: id, userId: account.id, email: account.email, name: account.name };
  });
}

/**
 * Counts the attempt as failed before the password is looked at, so that guesses sent at once cannot all pass the count.
 * @param subjects in one order for everyone, since each is locked until the transaction ends
 */
async function takeAttempts(tx: Tx, subjects: readonly string[], now: Date): Promise<bigint[]> {
  const since = new Date(now.getTime() - WINDOW_MS);
  const attempts: bigint[] = [];
  for (const subject of subjects) {
    await lockSignIns(tx, subject);
    if ((await countFailedSignIns(tx, subject, since)) >= FAILURES_MAX)
      throw new AppError("rate_limited", "Too many failed sign-ins.", {
        fix: "Wait 15 minutes, then try again.",
        retryAfterSeconds: WINDOW_MS / 1000,
      });
    attempts.push(await recordFailedSignIn(tx, subject, now));
  }
  return attempts;
}

export const signOut = (deps: Deps, sessionId: string): Promise<void> =>
  deps.db.write(platformScope, (tx) => revokeSession(tx, sessionId, deps.clock.now()));

const toActor = (account: Account, sessionId: string): Actor => ({
  kind: "user",
  userId: account.id,
  sessionId,
  email: account.email,
  name: account.name,
  staffRole: account.staffRole,
  memberships: account.memberships,
});

/** Who a session belongs to right now; null once it is expired, revoked or its user disabled. */
export async function actorOfSession(deps: Deps, sessionId: string): Promise<Actor | null> {
  const account = await deps.db.read(platformScope, (tx) => findAccountBySession(tx, sessionId, deps.clock.now()));
  return account && toActor(account, sessionId);
}
