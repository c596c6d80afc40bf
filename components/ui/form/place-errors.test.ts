import { expect, it } from "vitest";
import { placeErrors } from "./place-errors.ts";

const empty = (field: string) => ({ field, code: "too_small", message: `${field} is empty.`, fix: "Fill it in." });
const places = new Map([
  ["name", "name"],
  ["to", "to"],
  ["tenantId", "scope"],
  ["poolId", "scope"],
  ["windows", "windows"],
  ["windows.0.from", "windows.0.from"],
]);
const placedOf = (...fields: string[]) => [...placeErrors(fields.map(empty), places).placed.keys()];

it("puts each error beside the field that holds it, in the words of a form", () => {
  expect(placeErrors([empty("name")], places)).toEqual({
    placed: new Map([["name", "Is empty. Fill it in."]]),
    isComplete: true,
  });
  expect(placedOf("to.3", "tenantId")).toEqual(["to", "scope"]);
});

it("takes the field that is nearest, and the first error of each", () => {
  expect(placedOf("windows.0.from.time", "windows.1.from.time", "windows.0.from")).toEqual([
    "windows.0.from",
    "windows",
  ]);
  const two = [empty("poolId"), { ...empty("tenantId"), message: "Choose one." }];
  expect([...placeErrors(two, places).placed.values()]).toEqual(["Is empty. Fill it in."]);
});

it("names the entry of a field that holds many, and says what is wrong with each", () => {
  const own = { ...empty("to.3"), message: "It repeats an earlier one." };
  expect(placeErrors([empty("to.0.function.name"), own], places).placed.get("to")).toBe(
    "Entry 1 function.name: is empty. Fill it in. Entry 4: It repeats an earlier one. Fill it in.",
  );
  const two = [{ ...empty("name"), message: "It is taken." }, empty("name")];
  expect(placeErrors(two, places, true).placed.get("name")).toBe("It is taken. Fill it in. Is empty. Fill it in.");
  expect(placeErrors(two, places).placed.get("name")).toBe("It is taken. Fill it in.");
  const many = Array.from({ length: 500 }, (_, at) => empty(`to.${at}`));
  expect(placeErrors(many, places).placed.get("to")?.length).toBeLessThan(700);
});

it("reports when the form shows no field for an error, so that nothing is refused in silence", () => {
  expect(placeErrors([empty("name"), empty("secret")], places).isComplete).toBe(false);
  expect(placeErrors([empty("names")], places)).toEqual({ placed: new Map(), isComplete: false });
  expect(placeErrors([], places).isComplete).toBe(false);
});
