import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BOOTSTRAP, type Identity, onePerson, PROBATION_MS } from "./one-person.ts";

const NOW = new Date("2026-11-28T12:00:00Z");
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const YEAR = ago(365 * 24 * 3_600_000);
const user = (id: string, createdById: string | null, createdAt = YEAR): Identity => ({
  ...{ id, kind: "user", label: `${id}@example.com`, createdById, createdAt },
});
const key = (id: string, createdById: string | null): Identity => ({
  ...{ id, kind: "key", label: `key ${id}`, createdById, createdAt: YEAR },
});
const same = (identities: Identity[], a: string, b: string, now = NOW) =>
  onePerson(identities, new Set([a]), now).has(b);

describe("onePerson", () => {
  const first = user("first", BOOTSTRAP);
  const apiKey = key("api-key", BOOTSTRAP);

  it("the first admin and ADMIN_API_KEY are one, for ever", () => {
    expect(same([first, apiKey], "first", "api-key")).toBe(true);
  });

  it("a key is whoever made it, for ever, also through another key", () => {
    expect(same([user("a", "first"), key("k", "a"), key("l", "k")], "a", "l")).toBe(true);
  });

  it("a new admin is whoever added them, for 24 hours to the millisecond", () => {
    const young = (age: number) => [first, user("second", "first", ago(age))];
    expect(same(young(PROBATION_MS - 1), "first", "second")).toBe(true);
    expect(same(young(PROBATION_MS), "first", "second")).toBe(false);
  });

  it("nobody adds a second pair of eyes over a third: the chain counts", () => {
    const chain = [first, apiKey, user("second", "api-key", ago(2)), user("third", "second", ago(1))];
    expect(same(chain, "first", "third")).toBe(true);
  });

  it("two admins whom a third added at once are one until a day has passed", () => {
    const twins = [first, user("b", "first", ago(1)), user("c", "first", ago(1))];
    expect(same(twins, "b", "c")).toBe(true);
    expect(same(twins, "b", "c", new Date(NOW.getTime() + PROBATION_MS))).toBe(false);
  });

  it("strangers stay strangers", () => {
    const others = [
      first,
      apiKey,
      user("old", "first"),
      key("theirs", "old"),
      user("unknown", null),
      key("tool", null),
    ];
    for (const id of ["old", "theirs", "unknown", "tool"]) expect(same(others, "first", id)).toBe(false);
  });

  it("divides identities into people: symmetric, transitive, and finer as time passes", () => {
    const ids = ["a", "b", "c", "d", "e", "f"];
    const identity = fc.record({
      id: fc.constantFrom(...ids),
      kind: fc.constantFrom("user" as const, "key" as const),
      label: fc.constant(""),
      createdById: fc.constantFrom(...ids, BOOTSTRAP, null),
      createdAt: fc.integer({ min: 0, max: 2 * PROBATION_MS }).map(ago),
    });
    const identities = fc.uniqueArray(identity, { selector: ({ id }) => id });
    const someone = fc.constantFrom(...ids);
    fc.assert(
      fc.property(identities, someone, someone, fc.nat({ max: 2 * PROBATION_MS }), (all, a, b, laterMs) => {
        const [ofA, ofB] = [a, b].map((id) => onePerson(all, new Set([id]), NOW));
        expect(ofA?.has(b)).toBe(ofB?.has(a));
        if (ofA?.has(b)) expect([...ofA].toSorted()).toEqual([...(ofB ?? [])].toSorted());
        const later = onePerson(all, new Set([a]), new Date(NOW.getTime() + laterMs));
        for (const id of later) expect(ofA?.has(id)).toBe(true);
      }),
    );
  });
});
