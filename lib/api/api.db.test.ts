import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/identity/actor.ts";
import { ApiError } from "./client.ts";
import { createTestApi, type TestApi } from "./testing/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

const problemOf = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApiError)) throw new Error("expected the API to refuse");
  return error.problem;
};

const withKey = (body: unknown, extra: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { authorization: `Bearer ${api.adminKey}`, "content-type": "application/json", ...extra },
  body: JSON.stringify(body),
});
const newKey = (name: string) => ({ name, scopes: ["platform:read"] });
const countKeys = async () => (await api.admin.call("GET /keys", { query: { limit: 200 } })).items.length;

describe("the API host", () => {
  it("refuses a request without a credential, and says how to give one", async () => {
    const response = await api.fetch("/api/v1/keys");
    expect(response.status).toBe(401);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ code: "unauthenticated", fix: expect.stringContaining("Bearer") });
  });

  it("refuses an unknown key", async () => {
    const response = await api.fetch("/api/v1/keys", {
      headers: { authorization: `Bearer sy_${"0".repeat(12)}_${"a".repeat(43)}` },
    });
    expect(response.status).toBe(401);
    expect((await response.json()).code).toBe("bad_key");
  });

  it("names the field, the rule and the fix of bad input, and changes nothing", async () => {
    const before = await countKeys();
    const problem = await problemOf(api.admin.call("POST /keys", { body: { name: "", scopes: ["platform:read"] } }));
    expect(problem).toMatchObject({ status: 422, errors: [{ field: "name", code: "too_small" }] });
    const extra = await problemOf(api.admin.call("POST /keys", { body: { ...newKey("x"), role: "admin" } as never }));
    expect(extra.errors[0]).toMatchObject({ code: "unrecognized_keys" });
    expect(await countKeys()).toBe(before);
  });

  it("answers an unknown endpoint with a problem", async () => {
    const response = await api.fetch("/api/v1/nothing", { headers: { authorization: `Bearer ${api.adminKey}` } });
    expect(response.status).toBe(404);
    expect((await response.json()).code).toBe("not_found");
  });

  it("gives 20 equal concurrent calls one effect", async () => {
    const before = await countKeys();
    const users = { email: "one@example.com", name: "One", password: "a long password", staffRole: "operator" };
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => api.fetch("/api/v1/users", withKey(users, { "idempotency-key": "same" }))),
    );
    const ids = new Set(await Promise.all(replies.map(async (reply) => (await reply.json()).id)));
    expect(replies.map((reply) => reply.status)).toEqual(Array(20).fill(201));
    expect(ids.size).toBe(1);
    expect(await countKeys()).toBe(before);
  });

  it("refuses the same idempotency key for another request, and never replays a secret", async () => {
    const first = await api.fetch("/api/v1/keys", withKey(newKey("a"), { "idempotency-key": "k1" }));
    expect(first.status).toBe(201);
    const other = await api.fetch("/api/v1/keys", withKey(newKey("b"), { "idempotency-key": "k1" }));
    expect(await other.json()).toMatchObject({ status: 422, code: "idempotency_mismatch" });
    const again = await api.fetch("/api/v1/keys", withKey(newKey("a"), { "idempotency-key": "k1" }));
    expect(await again.json()).toMatchObject({ status: 409, code: "already_done" });
  });

  it("lets an auditor read the trail and change nothing", async () => {
    const auditor = await api.clientWith(["platform:read"]);
    expect((await auditor.call("GET /audit", {})).items.length).toBeGreaterThan(0);
    expect(await problemOf(auditor.call("POST /keys", { body: newKey("no") as never }))).toMatchObject({ status: 403 });
  });

  it("stops a revoked key at once", async () => {
    const created = await api.admin.call("POST /keys", { body: { name: "short-lived", scopes: ["platform:read"] } });
    const call = () => api.fetch("/api/v1/keys", { headers: { authorization: `Bearer ${created.key}` } });
    expect((await call()).status).toBe(200);
    await api.admin.call("POST /keys/{keyId}/revoke", { params: { keyId: created.id } });
    expect((await call()).status).toBe(401);
  });
});

describe("a browser's session", () => {
  const staff: Actor = {
    kind: "user",
    userId: "usr_1",
    sessionId: "ses_1",
    email: "a@example.com",
    name: "A",
    staffRole: "platform_admin",
    memberships: [],
  };
  const post = (headers: Record<string, string>) =>
    api.fetch("/api/v1/keys", {
      method: "POST",
      headers: { "content-type": "application/json", host: "localhost", ...headers },
      body: JSON.stringify(newKey("from browser")),
    });

  it("is refused when the request comes from another site", async () => {
    api.signInAs(staff);
    expect((await post({ origin: "http://evil.example" })).status).toBe(403);
    expect((await post({})).status).toBe(403);
    expect((await post({ origin: "http://localhost" })).status).toBe(201);
    api.signInAs(null);
  });
});

describe("the OpenAPI document", () => {
  it("is served without a key", async () => {
    const response = await api.fetch("/api/v1/openapi.json");
    expect(response.status).toBe(200);
    const document = await response.json();
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths)).toContain("/keys/{keyId}/revoke");
  });
});
