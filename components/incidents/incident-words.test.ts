import { expect, it } from "vitest";
import { MOMENT, scopeWords } from "./incident-words.ts";

it("says whom it is about: those that are named, else its pool, else everyone", () => {
  const pool = { id: "pool_1", name: "Main" };
  const acme = { id: "ten_1", name: "Acme" };
  expect(scopeWords({ tenants: [acme], pool })).toBe("Acme");
  expect(scopeWords({ tenants: [acme, acme], pool: null })).toBe("2 tenants");
  expect(scopeWords({ tenants: [], pool })).toBe("Pool Main");
  expect(scopeWords({ tenants: [], pool: null })).toBe("Whole fleet");
});

it("takes a moment through a field and back, also without its seconds", () => {
  expect(MOMENT.read(MOMENT.write("2026-11-25T12:05:09.123Z"))).toBe("2026-11-25T12:05:09Z");
  expect(MOMENT.read("2026-11-25T12:05")).toBe("2026-11-25T12:05:00Z");
  expect([MOMENT.read(""), MOMENT.write("")]).toEqual(["", ""]);
});
