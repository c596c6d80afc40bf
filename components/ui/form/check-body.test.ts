import { expect, it } from "vitest";
import * as z from "zod";
import { refusalOf } from "./check-body.ts";

const schema = z.strictObject({ name: z.string().trim().min(1), limit: z.number().int().min(1).nullable() });

it("lets through what the route takes", () => {
  expect(refusalOf(schema, { name: "a", limit: null })).toBeNull();
});

it("refuses as the API does: every field, with its rule and its fix", () => {
  expect(refusalOf(schema, { name: " ", limit: 0 })).toMatchObject({
    status: 422,
    detail: "name is empty. limit is less than 1.",
    fix: "Fill it in.",
    errors: [{ field: "name" }, { field: "limit", message: "limit is less than 1.", fix: "Give 1 or more." }],
  });
});

it("never takes what is no number for none", () => {
  expect(refusalOf(schema, { name: "a", limit: Number.NaN })?.errors).toMatchObject([
    { field: "limit", message: "limit is missing, or not a number." },
  ]);
});
