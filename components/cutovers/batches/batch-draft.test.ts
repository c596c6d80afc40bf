import { expect, it } from "vitest";
import { NEW_BATCH, toBody } from "./batch-draft.ts";

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

it("takes an empty number for none, never for 0", () => {
  expect(toBody({ ...NEW_BATCH, atOnce: " " }, chosen).atOnce).toBeNaN();
});
