import { expect, it } from "vitest";
import * as z from "zod";
import { fieldProblems } from "./field-problems.ts";

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
  expect(said(z.object({ map: z.record(z.string(), z.number()) }), {})).toEqual([
    "map is missing, or not an object. Give an object.",
  ]);
  expect(withName({ more: 1 })).toEqual(["body has unknown fields: more. Leave out more."]);
});

it("keeps what was written for a field", () => {
  const schema = z.object({ slug: z.string().regex(/^[a-z]+$/, "Only small letters.") });
  expect(said(schema, { slug: "A1" })).toEqual(["slug: Only small letters. Correct the value."]);
});

it("has words for every kind of issue: what the schema library says of itself is never shown", () => {
  const known = z.object({
    at: z.iso.datetime().optional(),
    email: z.email().optional(),
    address: z.url().optional(),
    digest: z
      .string()
      .regex(/^[0-9a-f]+$/)
      .optional(),
    name: z.string().startsWith("sy_").optional(),
    step: z.number().multipleOf(5).optional(),
    either: z.union([z.literal(0), z.literal("a")]).optional(),
    days: z.record(z.enum(["mon"]), z.number()).optional(),
    own: z
      .number()
      .refine((value) => value > 1)
      .optional(),
  });
  expect(said(known, { at: "soon" })).toEqual(["at is not a time. Write it as 2026-01-31T12:00:00Z."]);
  expect(said(known, { email: "me" })).toEqual(["email is not an e-mail address. Write it as name@example.com."]);
  expect(said(known, { address: "here" })).toEqual(["address is not a URL. Write it as https://example.com/path."]);
  expect(said(known, { digest: "XYZ" })).toEqual(["digest is not written as this field needs it. Correct the value."]);
  expect(said(known, { name: "x" })).toEqual(["name is not written as this field needs it. Correct the value."]);
  expect(said(known, { step: 7 })).toEqual(["step is not a multiple of 5. Give a multiple of 5."]);
  expect(said(known, { either: 2 })).toEqual(["either is not allowed. Correct the value."]);
  expect(said(known, { own: 0 })).toEqual(["own is not allowed. Correct the value."]);
  const everything = {
    at: 1,
    email: 1,
    address: 1,
    digest: 1,
    name: 1,
    step: "",
    either: "",
    days: { tue: 1 },
    own: "",
  };
  for (const words of said(known, everything)) expect(words).not.toMatch(/[Ii]nvalid|expected|received|Unrecognized/);
});
