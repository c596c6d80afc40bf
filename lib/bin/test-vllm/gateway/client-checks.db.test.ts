import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { STANDARD_START } from "#lib/vllm/contract/point.ts";
import type { Engine } from "../node-under-test.ts";
import { startSimulated } from "../start-simulated.ts";
import { CLIENT_CHECKS } from "./client-checks.ts";
import { type OpenProduct, openProduct } from "./open-product.ts";
import { runClientCheck, toolsFor } from "./run-client-checks.ts";

let api: TestApi;
let engine: Engine;
let product: OpenProduct;

beforeAll(async () => {
  api = await createTestApi();
  engine = await startSimulated(STANDARD_START);
  product = await openProduct(api, engine, STANDARD_START);
}, 60_000);
afterAll(async () => {
  await product.close();
  await engine.stop();
  await api.close();
});

describe("the official client, through the gateway of a simulated node", () => {
  it.each(CLIENT_CHECKS.map((check) => [check.says, check] as const))("%s", async (_says, check) => {
    expect(await runClientCheck(check, toolsFor(engine, product))).toBeNull();
  });
});
