import { expect, it } from "vitest";
import type { Burn, Objective } from "../browser/objective-schema.ts";
import { rankObjectives } from "./rank-objectives.ts";

const burn = (status: Burn["status"], limit: number, rate: number | null) =>
  ({ status, limit, long: { rate } }) as unknown as Burn;
const objective = (title: string, left: number | null, burns: Burn[] = []) =>
  ({ title, budgetLeft: { value: left }, burns }) as unknown as Objective;
const order = (...objectives: Objective[]) => rankObjectives(objectives).map(({ title }) => title);

it("puts what burns before what is overdrawn, that before what is nearly spent, and the unknown last", () => {
  expect(
    order(
      objective("unknown", null),
      objective("untouched", 1, [burn("good", 1, 0.5)]),
      objective("nearly spent", 0.1),
      objective("overdrawn", -0.5),
      objective("burns slowly", 0.6, [burn("bad", 1, 2), burn("good", 14.4, 2)]),
      objective("burns fast", 0.9, [burn("bad", 14.4, 60)]),
    ),
  ).toEqual(["burns fast", "burns slowly", "overdrawn", "nearly spent", "untouched", "unknown"]);
});

it("takes a tier that nobody can judge for none that burns, and leaves equals in their order", () => {
  expect(order(objective("a", 0.5, [burn("unknown", 1, 99)]), objective("b", 0.5), objective("c", 0.4))).toEqual([
    "c",
    "a",
    "b",
  ]);
  expect(order(objective("a", null), objective("b", null))).toEqual(["a", "b"]);
});
