import { expect, it } from "vitest";
import { BatchPlanInput } from "#lib/cutover/browser/batch-schema.ts";
import { NUMBER } from "../../ui/form/field-text.ts";
import { NEW_BATCH, toBody } from "./batch-body.ts";

const chosen = [{ adapterId: "adp_1", toVersionId: "ver_2", tenantName: "Acme" }];

it("asks for what the form says, and for nothing it does not", () => {
  expect(toBody(NEW_BATCH, chosen)).toEqual({
    rows: [{ adapterId: "adp_1", toVersionId: "ver_2" }],
    atOnce: 5,
    stopAfterFailures: 1,
  });
  expect(toBody({ ...NEW_BATCH, pace: "once", overrideReason: " Served for a year. " }, [])).toMatchObject({
    plan: { shadow: false, weights: [] },
    overrideReason: "Served for a year.",
  });
});

it.each([" ", "0", "21", "many"])("refuses %j at once at its field, an empty number never as 0", (text) => {
  const body = toBody({ ...NEW_BATCH, atOnce: NUMBER.read(text) }, chosen);
  expect(BatchPlanInput.safeParse(body).error?.issues.map(({ path }) => path)).toEqual([["atOnce"]]);
});
