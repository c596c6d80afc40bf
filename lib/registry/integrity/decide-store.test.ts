import { expect, it } from "vitest";
import { decideStore, type StoreSight } from "./decide-store.ts";
import { bytesPerSecond, DUE_AFTER_MS } from "./pace.ts";

const sight = (change: Partial<StoreSight>): StoreSight => ({
  root: "readable",
  markerId: "a",
  knownId: "a",
  storedVersions: 40,
  holdsSome: true,
  ...change,
});

it.each<[string, Partial<StoreSight>, string]>([
  ["the store with its marker", {}, "ok"],
  ["the store with its marker, emptied", { holdsSome: false }, "ok"],
  [
    "a fresh installation",
    { root: "absent", markerId: null, knownId: null, storedVersions: 0, holdsSome: false },
    "ok, mark",
  ],
  ["a store from before there were markers", { markerId: null, knownId: null }, "ok, mark"],
  ["a store copied without hidden files", { markerId: null }, "ok, mark"],
  ["a store that another catalog had marked, with our versions in it", { markerId: "b" }, "ok, mark"],
  ["the empty folder of an unmounted share", { markerId: null, holdsSome: false }, "unavailable"],
  ["a share that is gone with its folder", { root: "absent", markerId: null, holdsSome: false }, "unavailable"],
  ["a share that hangs", { root: "unreadable", markerId: null, holdsSome: false }, "unavailable"],
  ["another store in its place", { markerId: "b", holdsSome: false }, "unavailable"],
])("takes %s for what it is", (_what, change, expected) => {
  const decision = decideStore(sight(change));
  expect(decision.state === "ok" ? `ok${decision.mark ? ", mark" : ""}` : decision.state).toBe(expected);
});

it("scrubs at 50 MB/s, and faster only when a large store would not be read in half the promised time", () => {
  expect(bytesPerSecond(40 * 42_000_000)).toBe(50_000_000);
  const large = 10_000_000_000_000;
  expect((large / bytesPerSecond(large)) * 1000).toBeLessThanOrEqual(DUE_AFTER_MS);
  expect(bytesPerSecond(Number.MAX_SAFE_INTEGER)).toBe(800_000_000);
});
