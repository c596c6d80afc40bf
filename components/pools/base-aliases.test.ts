import { expect, it } from "vitest";
import { ALIASES } from "./base-aliases.ts";

it.each([
  ["", []],
  ["\n\n", []],
  ["unsloth/base\n/models/*\n", ["unsloth/base", "/models/*"]],
  ["\nunsloth/base", ["", "unsloth/base"]],
])("reads %j as aliases", (text, expected) => {
  expect(ALIASES.read(text)).toEqual(expected);
});

it("comes back as it was shown", () => {
  const aliases = ["", "unsloth/base"];
  expect(ALIASES.read(ALIASES.write(aliases))).toEqual(aliases);
});
