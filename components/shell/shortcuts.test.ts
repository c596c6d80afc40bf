import { expect, it } from "vitest";
import { NAV } from "./nav.ts";
import { readKey, SEQUENCE_MS, shortcutGroups } from "./shortcuts.ts";

const idle = { pendingSince: null };

it("goes where g and the entry's key say, in time", () => {
  expect(readKey("g", idle, 0, NAV)).toEqual({ kind: "wait" });
  expect(readKey("t", { pendingSince: 0 }, SEQUENCE_MS, NAV)).toEqual({ kind: "go", path: "/tenants" });
  expect(readKey("t", { pendingSince: 0 }, SEQUENCE_MS + 1, NAV)).toEqual({ kind: "none" });
  expect(readKey("t", idle, 0, NAV)).toEqual({ kind: "none" });
});

it("does not go to a page the reader has no entry for", () => {
  expect(readKey("t", { pendingSince: 0 }, 1, [])).toEqual({ kind: "none" });
});

it("lists every go-to key in the help", () => {
  const listed = shortcutGroups(NAV)[0]?.shortcuts.map(({ keys }) => keys.join(" "));
  expect(listed).toEqual(NAV.flatMap((group) => group.entries.map(({ key }) => `g ${key}`)));
});
