import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "#lib/api/client.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { AppError } from "#lib/platform/errors.ts";
import { platformScope } from "#lib/platform/scope.ts";
import {
  actorOfSession,
  BROWSER_MEMORY_SECONDS,
  SESSION_MAX_AGE_SECONDS,
  type SignedIn,
  signIn,
  signOut,
} from "./sign-in.ts";
import { recordFailedSignIn } from "./store.ts";

const PASSWORD = "a password of some length";
const clock = manualClock(new Date("2026-03-01T08:00:00Z"));
let api: TestApi;
let people = 0;
let addresses = 0;

beforeAll(async () => {
  api = await createTestApi({ clock });
});
afterAll(() => api.close());
afterEach(() => api.signInAs(null));

/** A new operator, who has never signed in. */
async function person(): Promise<{ id: string; email: string }> {
  people += 1;
  const email = `person-${people}@example.com`;
  const user = await api.admin.call("POST /users", {
    body: { email, name: "Person", password: PASSWORD, staffRole: "operator" },
  });
  return { id: user.id, email };
}
const freshAddress = () => {
  addresses += 1;
  return `192.0.2.${addresses}`;
};
const attempt = (email: string, password = PASSWORD, address = freshAddress(), browser: string | null = null) =>
  signIn(api.deps, { email, password, address, browser, userAgent: "test" });
async function signedIn(email: string): Promise<SignedIn> {
  const session = await attempt(email);
  if (session === null) throw new Error("expected the sign-in to succeed");
  return session;
}
const refusalOf = async (call: Promise<unknown>): Promise<AppError> => {
  const error = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof AppError)) throw new Error("expected a refusal");
  return error;
};
const change = <T>(work: Parameters<typeof api.deps.db.write<T>>[1]) => api.deps.db.write(platformScope, work);
const sessionsOf = (userId: string) => change(({ client }) => client.session.count({ where: { userId } }));
const disable = (id: string, disabledAt: Date | null) =>
  change(({ client }) => client.user.update({ where: { id }, data: { disabledAt } }));

describe("signing in", () => {
  it("opens a session, whatever the case of the e-mail", async () => {
    const { id, email } = await person();
    const session = await signedIn(`  ${email.toUpperCase()} `);
    expect(session).toMatchObject({ userId: id, email, name: "Person" });
    expect(await actorOfSession(api.deps, session.sessionId)).toMatchObject({
      kind: "user",
      userId: id,
      staffRole: "operator",
      memberships: [],
    });
  });

  it("answers a wrong password, an unknown e-mail and a disabled person alike, and opens nothing", async () => {
    const { id, email } = await person();
    expect(await attempt(email, "a wrong password")).toBeNull();
    expect(await attempt("nobody@example.com")).toBeNull();
    await disable(id, clock.now());
    expect(await attempt(email)).toBeNull();
    expect(await sessionsOf(id)).toBe(0);
    await disable(id, null);
    expect(await attempt(email)).not.toBeNull();
  });

  it("keeps no password: only its argon2id hash is stored, and no reply carries it", async () => {
    const { id } = await person();
    const row = await change(({ client }) => client.user.findUniqueOrThrow({ where: { id } }));
    expect(row.passwordHash).toMatch(/^\$argon2id\$/);
    const shown = JSON.stringify([
      await api.admin.call("GET /users", { query: { limit: 200 } }),
      await api.admin.call("GET /audit", { query: { objectId: id } }),
    ]);
    expect(shown).toContain(id);
    for (const secret of [PASSWORD, "argon2", row.passwordHash ?? ""]) expect(shown).not.toContain(secret);
  });
});

describe("guessing", () => {
  /** Failures on a subject, without the time that so many password checks take. */
  const fail = (subject: string, times: number) =>
    change(async (tx) => {
      for (let count = 0; count < times; count += 1) await recordFailedSignIn(tx, subject, clock.now());
    });

  it("ten wrong passwords from elsewhere keep nobody out of their account", async () => {
    const { email } = await person();
    for (let count = 0; count < 10; count += 1) expect(await attempt(email, "a wrong guess")).toBeNull();
    expect(await attempt(email)).not.toBeNull();
  });

  it("slows down whoever fails ten times from one address, whoever is guessed, and no other address", async () => {
    const address = freshAddress();
    for (let count = 0; count < 10; count += 1)
      expect(await attempt(`guess-${count}@example.com`, "a wrong guess", address)).toBeNull();
    const { email } = await person();
    const refusal = await refusalOf(attempt(email, PASSWORD, address));
    expect(refusal).toMatchObject({ code: "rate_limited", retryAfterSeconds: 1, fix: "Try again in 1 s." });
    expect(await attempt(email)).not.toBeNull();
    clock.advance(1_000);
    expect(await attempt(email, PASSWORD, address)).not.toBeNull();
  });

  it("counts a whole IPv6 network as one address", async () => {
    await fail("address:2001:db8:0:1::/64", 10);
    const { email } = await person();
    const refusal = await refusalOf(attempt(email, PASSWORD, "2001:db8:0:1:aaaa::7"));
    expect(refusal.code).toBe("rate_limited");
    expect(await attempt(email, PASSWORD, "2001:db8:0:2::7")).not.toBeNull();
  });

  it("slows an account down over all addresses, but never the browser its owner signed in with before", async () => {
    const { email } = await person();
    const { browser } = await signedIn(email);
    clock.advance(1);
    await fail(`email:${email}`, 60);
    expect(await refusalOf(attempt(email))).toMatchObject({ code: "rate_limited", retryAfterSeconds: 60 });
    expect(await attempt(email, PASSWORD, freshAddress(), browser)).not.toBeNull();
    const { email: other } = await person();
    expect(await attempt(other)).not.toBeNull();
    clock.advance(60_000);
    expect(await attempt(email)).not.toBeNull();
  });

  it("a remembered browser has ten failures too, for its own account and for 90 days", async () => {
    const [owner, stranger] = [await person(), await person()];
    const { browser } = await signedIn(owner.email);
    clock.advance(1);
    for (let count = 0; count < 10; count += 1)
      expect(await attempt(owner.email, "a wrong guess", freshAddress(), browser)).toBeNull();
    expect(await refusalOf(attempt(owner.email, PASSWORD, freshAddress(), browser))).toMatchObject({
      code: "rate_limited",
    });
    expect(await attempt(owner.email)).not.toBeNull();
    clock.advance(1);
    await fail(`email:${stranger.email}`, 60);
    expect(await refusalOf(attempt(stranger.email, PASSWORD, freshAddress(), browser))).toMatchObject({
      code: "rate_limited",
    });
    clock.advance(BROWSER_MEMORY_SECONDS * 1000);
    await fail(`email:${owner.email}`, 60);
    expect(await refusalOf(attempt(owner.email, PASSWORD, freshAddress(), browser))).toMatchObject({
      code: "rate_limited",
    });
  });

  it("a refused attempt neither counts nor makes the wait longer, and a quarter of an hour forgets all", async () => {
    const address = freshAddress();
    const { email } = await person();
    await fail(`address:${address}`, 14);
    for (let count = 0; count < 3; count += 1)
      expect((await refusalOf(attempt(email, PASSWORD, address))).retryAfterSeconds).toBe(16);
    clock.advance(16_000);
    expect(await attempt(email, "a wrong guess", address)).toBeNull();
    clock.advance(15 * 60_000);
    for (let count = 0; count < 10; count += 1) expect(await attempt(email, "a wrong guess", address)).toBeNull();
  });

  it("an own account to sign in to does not give an address new guesses", async () => {
    const address = freshAddress();
    const { email } = await person();
    await fail(`address:${address}`, 9);
    expect(await attempt(email, PASSWORD, address)).not.toBeNull();
    expect(await attempt(email, "a wrong guess", address)).toBeNull();
    expect(await refusalOf(attempt(email, PASSWORD, address))).toMatchObject({ code: "rate_limited" });
  });

  it("does not get around the limit by asking at once", async () => {
    const { email } = await person();
    const address = freshAddress();
    const guesses = await Promise.all(
      Array.from({ length: 14 }, () =>
        attempt(email, "a wrong guess", address).then(
          () => "tried",
          () => "refused",
        ),
      ),
    );
    expect(guesses.filter((guess) => guess === "tried")).toHaveLength(10);
    expect(await refusalOf(attempt(email, PASSWORD, address))).toMatchObject({ code: "rate_limited" });
  });
});

describe("a session", () => {
  /** The API as the browser with that session sees it: the actor is read again for every request. */
  const browserOf = async (sessionId: string): Promise<Client> =>
    createClient({
      baseUrl: "http://localhost",
      fetch: async (input, init) => {
        api.signInAs(await actorOfSession(api.deps, sessionId));
        const headers = new Headers(init?.headers);
        headers.set("host", "localhost");
        headers.set("origin", "http://localhost");
        return api.fetch(String(input).replace("http://localhost", ""), { ...init, headers });
      },
    });
  const statusOf = (call: Promise<unknown>) =>
    call.then(
      () => 200,
      (error) => error.problem.status,
    );

  it("ends after twelve hours", async () => {
    const { email } = await person();
    const { sessionId } = await signedIn(email);
    const browser = await browserOf(sessionId);
    clock.advance(SESSION_MAX_AGE_SECONDS * 1000 - 1);
    expect(await browser.call("GET /me", {})).toMatchObject({ email });
    clock.advance(1);
    expect(await actorOfSession(api.deps, sessionId)).toBeNull();
    expect(await statusOf(browser.call("GET /me", {}))).toBe(401);
  });

  it("ends at once on sign-out, and no other of the same person with it", async () => {
    const { email } = await person();
    const [first, second] = [await signedIn(email), await signedIn(email)];
    await signOut(api.deps, first.sessionId);
    expect(await statusOf((await browserOf(first.sessionId)).call("GET /me", {}))).toBe(401);
    expect(await statusOf((await browserOf(second.sessionId)).call("GET /me", {}))).toBe(200);
  });

  it("ends at once when its person is disabled", async () => {
    const { id, email } = await person();
    const browser = await browserOf((await signedIn(email)).sessionId);
    expect(await statusOf(browser.call("GET /pools", { query: {} }))).toBe(200);
    await disable(id, clock.now());
    expect(await statusOf(browser.call("GET /pools", { query: {} }))).toBe(401);
  });

  it("carries no rights of its own: a changed role holds from the next request on", async () => {
    const { id, email } = await person();
    const browser = await browserOf((await signedIn(email)).sessionId);
    const trail = () => statusOf(browser.call("GET /audit", { query: {} }));
    expect(await trail()).toBe(403);
    const setRole = (staffRole: "auditor" | null) =>
      change(({ client }) => client.user.update({ where: { id }, data: { staffRole } }));
    await setRole("auditor");
    expect(await trail()).toBe(200);
    await setRole(null);
    expect(await trail()).toBe(403);
    expect(await statusOf(browser.call("GET /pools", { query: {} }))).toBe(403);
  });

  it("does not exist for an invented id", async () => {
    expect(await actorOfSession(api.deps, "ses_invented")).toBeNull();
    expect(await actorOfSession(api.deps, "")).toBeNull();
  });

  it("is needed again after it expired, and a mutation then changes nothing", async () => {
    const { email } = await person();
    await change(({ client }) => client.user.update({ where: { email }, data: { staffRole: "platform_admin" } }));
    const browser = await browserOf((await signedIn(email)).sessionId);
    const add = (slug: string) => browser.call("POST /tenants", { body: { slug, name: slug } });
    await add("before-expiry");
    clock.advance(SESSION_MAX_AGE_SECONDS * 1000);
    expect(await statusOf(add("after-expiry"))).toBe(401);
    const { items } = await api.admin.call("GET /tenants", { query: {} });
    expect(items.map(({ slug }) => slug)).toEqual(["before-expiry"]);
  });
});
