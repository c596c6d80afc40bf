import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { DEFAULT_VALUES } from "#lib/pools/browser/setting-defaults.ts";
import { DEFAULT_PLAN } from "./browser/canary-defaults.ts";
import type { PlanChoice } from "./browser/plan-schema.ts";
import { createShareWorld, OVERRIDE, type ShareWorld } from "./testing/share-world.ts";

let world: ShareWorld;
beforeAll(async () => {
  world = await createShareWorld();
});
afterAll(() => world.close());

const start = (adapterId: string, toVersionId: string, plan: PlanChoice) =>
  world.admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId, overrideReason: OVERRIDE, plan },
  });

describe("cutovers", () => {
  it("begin with what the settings say where the plan does not", async () => {
    const settings = async (body: object) => {
      const { generation } = await world.admin.call("GET /settings", {});
      await world.admin.call("PATCH /settings", { body, generation });
    };
    const steps = { cutoverMinRequests: 50, cutoverStepMinutes: 20, cutoverSoakMinutes: 5 };
    await settings({ ...steps, cutoverShadow: false, cutoverWeights: [10, 40] });
    const { adapterId, versionId } = await world.addTenant("by-settings", 10);
    const { plan } = await start(adapterId, versionId, { soakMinutes: 7 });
    const steady = { minRequests: 50, minMinutes: 20, maxMinutes: DEFAULT_PLAN.maxMinutes, soakMinutes: 7 };
    expect(plan).toEqual({ shadow: false, weights: [10, 40], ...steady });
    const other = await world.addTenant("by-settings-2", 10);
    const refused = await problemOf(start(other.adapterId, other.versionId, { maxMinutes: 15 }));
    expect(refused).toMatchObject({ status: 422, errors: [{ field: "plan.maxMinutes" }] });
    await settings(DEFAULT_VALUES);
  });

  it("start with a plan that makes sense", async () => {
    const { adapterId, versionId } = await world.addTenant("bad-plan", 10);
    const bad: [PlanChoice, string][] = [
      [{ weights: [5, 1] }, "plan.weights"],
      [{ weights: [100] }, "plan.weights.0"],
      [{ minRequests: 0 }, "plan.minRequests"],
      [{ minMinutes: 5, maxMinutes: 1 }, "plan.maxMinutes"],
    ];
    for (const [plan, field] of bad)
      expect(await problemOf(start(adapterId, versionId, plan))).toMatchObject({ status: 422, errors: [{ field }] });
  });
});
