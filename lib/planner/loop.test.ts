import { expect, it } from "vitest";
import { isCheckDue } from "./loop.ts";

const at = (clock: string) => `2026-11-29T10:${clock}.000Z`;

it.each([
  ["nobody checked yet", null, at("00:00"), true],
  ["ten seconds later, in the same counted minute", at("00:41"), at("00:51"), false],
  ["as soon as another minute counts, 40 s after it ended", at("00:31"), at("00:41"), true],
  ["half a minute later, whatever counts", at("00:45"), at("01:15"), true],
])("pools are checked again: %s", (_, checkedAt, now, isDue) => {
  expect(isCheckDue(checkedAt, new Date(now))).toBe(isDue);
});
