import { expect, it } from "vitest";
import * as z from "zod";
import { fieldProblems } from "./validate.ts";

const said = (schema: z.ZodType, input: unknown): string[] => {
  const parsed = schema.safeParse(input);
  return parsed.success ? [] : fieldProblems(parsed.error).map(({ message, fix }) => `${message} ${fix}`);
};

it("names field, rule and fix in words of a form, not of a schema", () => {
  const form = z.strictObject({
    name: z.string().min(1).max(3),
    reason: z.string().min(10).optional(),
    limit: z.int().min(1).max(10).optional(),
    share: z.number().gt(0).lt(1).optional(),
    list: z.array(z.string()).min(2).max(3).optional(),
    kind: z.enum(["a", "b"]).optional(),
  });
  const withName = (rest: object) => said(form, { name: "x", ...rest });
  expect(said(form, { name: "" })).toEqual(["name is empty. Fill it in."]);
  expect(said(form, {})).toEqual(["name is missing, or not a text. Give a text."]);
  expect(said(form, { name: "long" })).toEqual(["name has more than 3 characters. Give 3 or fewer."]);
  expect(withName({ reason: "short" })).toEqual(["reason has fewer than 10 characters. Give 10 or more."]);
  expect(withName({ limit: 0 })).toEqual(["limit is less than 1. Give 1 or more."]);
  expect(withName({ limit: 11 })).toEqual(["limit is more than 10. Give 10 or less."]);
  expect(withName({ limit: 1.5 })).toEqual(["limit is missing, or not a whole number. Give a whole number."]);
  expect(withName({ limit: null })).toEqual(["limit is missing, or not a number. Give a number."]);
  expect(withName({ share: 0 })).toEqual(["share is not more than 0. Give more than 0."]);
  expect(withName({ share: 1 })).toEqual(["share is not less than 1. Give less than 1."]);
  expect(withName({ list: ["a"] })).toEqual(["list has fewer than 2 entries. Give 2 or more."]);
  expect(withName({ kind: "c" })).toEqual(["kind is none of the values that are allowed. Use one of: a, b."]);
  expect(withName({ more: 1 })).toEqual(["body has unknown fields: more. Leave out more."]);
});

it("keeps what was written for a field", () => {
  const schema = z.object({ slug: z.string().regex(/^[a-z]+$/, "Only small letters.") });
  expect(said(schema, { slug: "A1" })).toEqual(["slug: Only small letters. Correct the value."]);
});
