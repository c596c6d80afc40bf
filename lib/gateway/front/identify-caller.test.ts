import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ACME_KEY, GLOBEX_KEY, makeSnapshot, READ_ONLY_KEY, TRUSTED_KEY, tenant } from "../testing/make-snapshot.ts";
import { identifyCaller } from "./identify-caller.ts";
import { KeyCache } from "./key-cache.ts";

const snapshot = makeSnapshot({
  tenants: [
    tenant("ten_acme"),
    tenant("ten_globex"),
    tenant("ten_gone", { status: "suspended" }),
    tenant("ten_leaves", { status: "offboarding" }),
    tenant("ten_left", { status: "archived" }),
  ],
});
const keys = new KeyCache();
const identify = (headers: Record<string, string>, now = 0) =>
  identifyCaller((name) => headers[name] ?? null, snapshot, keys, now);
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const outcome = (headers: Record<string, string>, now = 0) => {
  const result = identify(headers, now);
  return result.kind === "caller" ? result.tenant.id : `${result.rejection.status} ${result.rejection.code}`;
};

describe("identifyCaller", () => {
  it.each<[string, Record<string, string>, string]>([
    ["a tenant's key alone", bearer(ACME_KEY), "ten_acme"],
    ["with its own slug", { ...bearer(ACME_KEY), "x-tenant-id": "acme" }, "ten_acme"],
    ["with its own id", { ...bearer(ACME_KEY), "x-tenant-id": "ten_acme" }, "ten_acme"],
    ["with another tenant's slug", { ...bearer(ACME_KEY), "x-tenant-id": "globex" }, "403 tenant_mismatch"],
    [
      "with an unknown tenant: no hint that it is unknown",
      { ...bearer(ACME_KEY), "x-tenant-id": "nobody" },
      "403 tenant_mismatch",
    ],
    ["a trusted key naming a tenant", { ...bearer(TRUSTED_KEY), "x-tenant-id": "globex" }, "ten_globex"],
    ["a trusted key naming it by id", { ...bearer(TRUSTED_KEY), "x-tenant-id": "ten_globex" }, "ten_globex"],
    ["a trusted key naming nobody", bearer(TRUSTED_KEY), "400 tenant_missing"],
    [
      "a trusted key naming an unknown tenant",
      { ...bearer(TRUSTED_KEY), "x-tenant-id": "nobody" },
      "404 tenant_not_found",
    ],
    ["a suspended tenant", { ...bearer(TRUSTED_KEY), "x-tenant-id": "gone" }, "403 tenant_suspended"],
    ["a tenant that is off-boarded", { ...bearer(TRUSTED_KEY), "x-tenant-id": "leaves" }, "403 tenant_closed"],
    ["an archived tenant", { ...bearer(TRUSTED_KEY), "x-tenant-id": "left" }, "403 tenant_closed"],
    ["no key", { "x-tenant-id": "acme" }, "401 missing_api_key"],
    ["a scheme without a key", { authorization: "Bearer " }, "401 missing_api_key"],
    ["another scheme", { authorization: `Basic ${ACME_KEY}` }, "401 invalid_api_key"],
    ["a key without its scheme", { authorization: ACME_KEY }, "401 invalid_api_key"],
    ["a key of one character", bearer("x"), "401 invalid_api_key"],
    ["a key of another service", bearer("sk-123"), "401 invalid_api_key"],
    ["a key with a blank inside", bearer("two words"), "401 invalid_api_key"],
    ["a key in quotes", bearer(`"${ACME_KEY}"`), "401 invalid_api_key"],
    ["a key that lost its end", bearer(ACME_KEY.slice(0, -1)), "401 invalid_api_key"],
    ["a key longer than any", bearer("k".repeat(4_000)), "401 invalid_api_key"],
    ["an unknown key", bearer(`sy_dddddddddddd_${"d".repeat(43)}`), "401 invalid_api_key"],
    ["a known prefix with another secret", bearer(`sy_aaaaaaaaaaaa_${"x".repeat(43)}`), "401 invalid_api_key"],
    ["a key without inference", bearer(READ_ONLY_KEY), "403 insufficient_scope"],
    ["pins from a customer", { ...bearer(ACME_KEY), "x-switchyard-pin-version": "ver_1" }, "403 pins_not_allowed"],
    ["a kind from a customer", { ...bearer(ACME_KEY), "x-switchyard-kind": "eval" }, "403 pins_not_allowed"],
    [
      "a kind nobody knows",
      { ...bearer(TRUSTED_KEY), "x-tenant-id": "acme", "x-switchyard-kind": "joke" },
      "400 unknown_kind",
    ],
    [
      "a pinned node without a version",
      { ...bearer(TRUSTED_KEY), "x-tenant-id": "acme", "x-switchyard-pin-node": "node_1" },
      "400 pin_without_version",
    ],
  ])("%s", (_name, headers, expected) => {
    expect(outcome(headers)).toBe(expected);
  });

  it("refuses a key from the moment it expires", () => {
    expect(outcome(bearer(GLOBEX_KEY), 999_999)).toBe("ten_globex");
    expect(outcome(bearer(GLOBEX_KEY), 1_000_000)).toBe("401 expired_api_key");
  });

  it("never takes a header that holds anything at all for no key", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.constantFrom("Bearer ", "bearer ", "Basic ", ""), (text, scheme) => {
        fc.pre(text.trim() !== "" && !/^(bearer)?\s*$/i.test(`${scheme}${text}`));
        expect(outcome({ authorization: `${scheme}${text}` })).toBe("401 invalid_api_key");
      }),
    );
  });

  it("knows whose request it refused, as soon as a key proved it", () => {
    const whose = (headers: Record<string, string>) => {
      const result = identify(headers);
      return result.kind === "refused" ? [result.tenant?.id, result.keyId] : [];
    };
    expect(whose({ ...bearer(ACME_KEY), "x-tenant-id": "globex" })).toEqual(["ten_acme", "key_aaaaaaaaaaaa"]);
    expect(whose(bearer(`sy_aaaaaaaaaaaa_${"x".repeat(43)}`))).toEqual([undefined, null]);
  });

  it("remembers a key that was right, never one that was wrong, and none of an older snapshot", () => {
    const book = new KeyCache();
    const find = (key: string, from = snapshot) => book.find(`Bearer ${key}`, from);
    const wrong = `sy_aaaaaaaaaaaa_${"x".repeat(43)}`;
    for (let count = 0; count < 2; count += 1) {
      expect(find(ACME_KEY)).toMatchObject({ tenantId: "ten_acme" });
      expect(find(wrong)).toBe("unknown");
    }
    expect(find(ACME_KEY, { ...snapshot, keys: new Map() })).toBe("unknown");
  });

  it("reads the pins of a trusted key", () => {
    const headers = {
      ...bearer(TRUSTED_KEY),
      "x-tenant-id": "acme",
      "x-switchyard-pin-version": "ver_1",
      "x-switchyard-pin-node": "node_1",
      "x-switchyard-kind": "eval",
    };
    expect(identify(headers)).toMatchObject({ pins: { versionId: "ver_1", nodeId: "node_1", kind: "eval" } });
    expect(identify(bearer(ACME_KEY))).toMatchObject({ pins: { versionId: null, nodeId: null, kind: "user" } });
  });
});
