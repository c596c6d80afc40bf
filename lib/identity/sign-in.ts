import { createHash, randomBytes } from "node:crypto";
import { addressGroup } from "#lib/platform/client-address.ts";
import type { Tx } from "#lib/platform/db.ts";
import { AppError } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { Actor } from "./actor.ts";
import type { Deps } from "./ctx.ts";
import { verifyPassword } from "./password.ts";
import {
  ACCOUNT_ALLOWANCE,
  type Allowance,
  CALLER_ALLOWANCE,
  FAILURE_WINDOW_MS,
  waitBeforeAttempt,
} from "./sign-in-backoff.ts";
import {
  type Account,
  createSession,
  failedSignIns,
  findAccountByEmail,
  findAccountBySession,
  hasSignedIn,
  lockSignIns,
  markSignInSucceeded,
  recordFailedSignIn,
  recordSignIn,
  revokeSession,
} from "./store.ts";

export const SESSION_MAX_AGE_SECONDS = 12 * 3600;
/** How long a browser is remembered after it signed in. */
export const BROWSER_MEMORY_SECONDS = 90 * 86_400;

export type SignInInput = {
  email: string;
  password: string;
  /** The client's address, as the front of the web process knows it. */
  address: string;
  /** What `SignedIn.browser` was when this browser signed in before; null = it never did. */
  browser: string | null;
  userAgent: string | null;
};

export type SignedIn = {
  sessionId: string;
  userId: string;
  email: string;
  name: string;
  /** A secret for this browser to keep: with it, it has an allowance of its own at the next sign-in. */
  browser: string;
};

/** Whose failures are counted together, and what they may do. `forgive`: a success ends what failed before it. */
type Limit = { subject: string; allowance: Allowance; forgive: boolean };

/**
 * Checks a password and opens a session.
 * @returns null for a wrong e-mail or password alike
 * @throws AppError `rate_limited` while an earlier failure still costs waiting time (`sign-in-backoff.ts`)
 */
export async function signIn(deps: Deps, input: SignInInput): Promise<SignedIn | null> {
  const email = input.email.trim().toLowerCase();
  const now = deps.clock.now();
  const { account, attempts } = await deps.db.write(platformScope, async (tx) => ({
    attempts: await takeAttempts(tx, await limitsOf(tx, { ...input, email }, now), now),
    account: await findAccountByEmail(tx, email),
  }));
  const matches = await verifyPassword(account?.passwordHash ?? null, input.password);
  const succeeded = matches && account !== null && account.disabledAt === null;
  if (!succeeded || !account) return null;
  return deps.db.write(platformScope, async (tx) => {
    const browser = input.browser ?? randomBytes(BROWSER_BYTES).toString("base64url");
    await markSignInSucceeded(tx, attempts);
    await recordSignIn(tx, browserSubject(browser, email), now);
    const id = newId("session");
    const expiresAt = new Date(now.getTime() + SESSION_MAX_AGE_SECONDS * 1000);
    await createSession(tx, { id, userId: account.id, userAgent: input.userAgent, createdAt: now, expiresAt });
    return { sessionId: id, userId: account.id, email: account.email, name: account.name, browser };
  });
}

const BROWSER_BYTES = 24;

/** A browser's secret as this product makes them; null for anything else that a cookie may hold. */
export const knownBrowser = (text: string | undefined): string | null =>
  text !== undefined && /^[\w-]{32}$/.test(text) ? text : null;

const browserMemoryStart = (now: Date): Date => new Date(now.getTime() - BROWSER_MEMORY_SECONDS * 1000);

/** Only a hash is stored: whoever reads the table gains no allowance. */
const browserSubject = (browser: string, email: string): string =>
  `browser:${createHash("sha256").update(browser).digest("base64url")} ${email}`;

/**
 * A browser that signed in to this account before is counted by itself, so that nobody else's failures keep its owner
 * out. Everyone else shares the allowance of their address, and that of the account.
 */
async function limitsOf(tx: Tx, { email, browser, address }: SignInInput, now: Date): Promise<Limit[]> {
  const own = browser === null ? null : browserSubject(browser, email);
  if (own !== null && (await hasSignedIn(tx, own, browserMemoryStart(now))))
    return [{ subject: own, allowance: CALLER_ALLOWANCE, forgive: true }];
  return [
    // not forgiven: a guesser may have an account of its own to sign in to in between
    { subject: `address:${addressGroup(address)}`, allowance: CALLER_ALLOWANCE, forgive: false },
    { subject: `email:${email}`, allowance: ACCOUNT_ALLOWANCE, forgive: true },
  ];
}

/**
 * Counts the attempt as failed before the password is looked at, so that guesses sent at once cannot all pass the count.
 * @param limits in one order for everyone, since each is locked until the transaction ends
 */
async function takeAttempts(tx: Tx, limits: readonly Limit[], now: Date): Promise<bigint[]> {
  const since = new Date(now.getTime() - FAILURE_WINDOW_MS);
  const attempts: bigint[] = [];
  for (const { subject, allowance, forgive } of limits) {
    await lockSignIns(tx, subject);
    const failures = await failedSignIns(tx, subject, { since, forgive });
    const waitSeconds = Math.ceil(waitBeforeAttempt(failures, allowance, now) / 1000);
    if (waitSeconds > 0)
      throw new AppError("rate_limited", "Too many failed sign-ins.", {
        fix: `Try again in ${waitSeconds} s.`,
        retryAfterSeconds: waitSeconds,
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
