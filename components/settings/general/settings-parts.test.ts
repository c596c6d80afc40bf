import { expect, it } from "vitest";
import { DEFAULT_VALUES } from "#lib/pools/browser/setting-defaults.ts";
import { GATEWAY_FIELDS, generationNow, partOf, RELEASE_FIELDS } from "./settings-parts.ts";

const saved = { ...DEFAULT_VALUES, generation: 3 };

it("has a card for every setting but the freeze windows, which have their own", () => {
  const { freezeWindows: _, ...values } = DEFAULT_VALUES;
  expect(partOf(saved, [...GATEWAY_FIELDS, ...RELEASE_FIELDS])).toEqual(values);
  expect(GATEWAY_FIELDS.filter((field) => RELEASE_FIELDS.includes(field))).toEqual([]);
});

it("sends of a card only its own fields", () => {
  const edited = { ...saved, tenantHeader: "x-customer", originKeepDays: 30, swapSourceAlert: null };
  expect(partOf(edited, GATEWAY_FIELDS)).toEqual({
    tenantHeader: "x-customer",
    healthCheckInterval: 10,
    evictionAlertThreshold: 50,
    swapSourceAlert: null,
  });
  expect(partOf(edited, RELEASE_FIELDS)).toMatchObject({ originKeepDays: 30, cutoverSoakMinutes: 60 });
  expect(partOf(edited, ["freezeWindows"])).toEqual({ freezeWindows: [] });
});

it("continues after saves of the other cards, and not after those of somebody else", () => {
  const saves = new Map([
    [3, 4],
    [4, 5],
    [7, 8],
  ]);
  expect([3, 4, 5, 6, 7].map((began) => generationNow(began, saves))).toEqual([5, 5, 5, 6, 8]);
});
