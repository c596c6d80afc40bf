import { expect, it } from "vitest";
import type { Problem } from "#lib/http/schema.ts";
import { errorText, fieldError, unplaced } from "./field-error.ts";

const problem = (...fields: string[]): Problem => ({
  ...{ type: "about:blank", title: "Invalid input", status: 422, code: "invalid", detail: "Two fields." },
  ...{ fix: null, requestId: "req" },
  errors: fields.map((field) => ({ field, code: "too_small", message: `${field} is empty.`, fix: "Fill it in." })),
});

it("says the rule and the fix at the field, without its name in the API", () => {
  expect(fieldError(problem("name"), "name")).toBe("Is empty. Fill it in.");
  expect(fieldError(problem("source.path"), "source")).toBe("Is empty. Fill it in.");
  expect(fieldError(problem("name"), "slug")).toBeNull();
  const own = problem("slug");
  const [error] = own.errors;
  if (error) error.message = "slug: Only small letters.";
  expect(fieldError(own, "slug")).toBe("Only small letters. Fill it in.");
});

it("says a rule that was written for the field as it is, without a second advice", () => {
  const own = { field: "slug", code: "invalid_format", message: "slug: use small letters.", fix: "Correct the value." };
  expect(errorText(own)).toBe("Use small letters.");
  expect(errorText({ ...own, message: "slug is not allowed." })).toBe("Is not allowed. Correct the value.");
});

it("leaves nothing unsaid: an error at a field that a form does not show is the form's", () => {
  expect(unplaced(null, ["name"])).toBeNull();
  expect(unplaced(problem("name", "source.path"), ["name", "source"])).toBeNull();
  const hidden = problem("name", "hostedEndpointId");
  expect(unplaced(hidden, ["name"])).toBe(hidden);
  const whole = problem();
  expect(unplaced(whole, ["name"])).toBe(whole);
});
