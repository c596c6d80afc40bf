import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import * as seed from "../testing/seed-catalog.ts";

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

const names = async () => (await api.admin.call("GET /chart-views", { query: {} })).items.map(({ name }) => name);

it("are kept for all staff under a name, in the words of the charts page, and removed", async () => {
  const operator = await api.clientWith(["platform:operate"]);
  const saved = await operator.call("POST /chart-views", {
    body: { name: "Night shift", search: "?every=30s&charts=errors,queue-time&tenant=&pool=pool_1" },
  });
  expect(saved).toMatchObject({
    name: "Night shift",
    search: "pool=pool_1&charts=errors%2Cqueue-time&every=30s",
    savedBy: "key platform:operate",
  });
  await operator.call("POST /chart-views", { body: { name: "All", search: "" } });
  expect(await names()).toEqual(["All", "Night shift"]);
  const again = operator.call("POST /chart-views", { body: { name: "Night shift", search: "" } });
  expect(await problemOf(again)).toMatchObject({ status: 409, code: "name_taken", errors: [{ field: "name" }] });
  const params = { viewId: saved.id };
  await operator.call("DELETE /chart-views/{viewId}", { params });
  expect(await problemOf(operator.call("DELETE /chart-views/{viewId}", { params }))).toMatchObject({ status: 404 });
  expect(await names()).toEqual(["All"]);
});

it("are refused with what the charts page does not know", async () => {
  const save = (body: { name: string; search: string }) => api.admin.call("POST /chart-views", { body });
  expect(await problemOf(save({ name: "x", search: "pool=a&next=https://example.com" }))).toMatchObject({
    status: 422,
    errors: [{ field: "search", code: "unknown_parameter" }],
  });
  expect(await problemOf(save({ name: " ", search: "" }))).toMatchObject({ status: 422, errors: [{ field: "name" }] });
});

it("are read by auditors, saved by operators, and nothing to customers", async () => {
  const tenantId = await seed.seedTenant(api.deps.db, { slug: "acme" });
  const auditor = await api.clientWith(["platform:read"]);
  const customer = await api.clientWith(["tenant:admin"], tenantId);
  const body = { name: "Mine", search: "" };
  expect((await auditor.call("GET /chart-views", { query: {} })).items.length).toBeGreaterThan(0);
  expect(await problemOf(auditor.call("POST /chart-views", { body }))).toMatchObject({ status: 403 });
  expect(await problemOf(customer.call("GET /chart-views", { query: {} }))).toMatchObject({ status: 403 });
  expect(await problemOf(customer.call("POST /chart-views", { body }))).toMatchObject({ status: 403 });
});
