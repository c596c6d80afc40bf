import { expect, it } from "vitest";
import { changedFields } from "./changed-fields.ts";

const before = { name: "Exports", prefix: "tenants/", gpus: 1 as number | null, to: ["a"], secret: "" };

it("sends what was changed and nothing else, so that a secret nobody entered stays", () => {
  expect(changedFields(before, { ...before, to: ["a"] })).toEqual({});
  expect(changedFields(before, { ...before, name: "All exports" })).toEqual({ name: "All exports" });
  expect(changedFields(before, { ...before, secret: "new", to: ["a", "b"] })).toEqual({
    secret: "new",
    to: ["a", "b"],
  });
});

it("sends what was emptied", () => {
  expect(changedFields(before, { ...before, prefix: "", gpus: null })).toEqual({ prefix: "", gpus: null });
  expect(changedFields({ gpus: null as number | null }, { gpus: 0 })).toEqual({ gpus: 0 });
});

it("does not take what is no number for none", () => {
  expect(changedFields(before, { ...before, gpus: Number.NaN })).toEqual({ gpus: Number.NaN });
  expect(changedFields({ gpus: null as number | null }, { gpus: Number.NaN })).toEqual({ gpus: Number.NaN });
});

it("sends of a card only its own fields", () => {
  const edited = { ...before, name: "All exports", prefix: "", to: [] };
  expect(changedFields(before, edited, ["prefix", "secret"])).toEqual({ prefix: "" });
});
