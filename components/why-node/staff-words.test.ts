import { expect, it } from "vitest";
import { ERRORS } from "#lib/gateway/browser/error-codes.ts";
import { staffWords } from "./staff-words.ts";

it("gives staff the next step, and customers what to ask for", () => {
  const { says, fix } = ERRORS.model_not_live;
  expect(staffWords(`${says} ${fix}`)).toBe(`${says} Cut a version over first.`);
  expect(staffWords(ERRORS.model_not_found.says)).toBe(ERRORS.model_not_found.says);
});
