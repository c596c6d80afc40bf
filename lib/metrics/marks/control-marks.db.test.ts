import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlWorld, createControlWorld } from "#lib/fleet/testing/control-world.ts";

let world: ControlWorld;
beforeAll(async () => {
  world = await createControlWorld();
});
afterAll(() => world.close());

it("what was set by hand is a mark where it began and, once it is over, where it ended", async () => {
  const acme = await world.admin.call("POST /tenants", { body: { slug: "acme", name: "Acme" } });
  const other = await world.admin.call("POST /tenants", { body: { slug: "other", name: "Other" } });
  const marks = async (tenantId: string) =>
    (await world.admin.call("GET /events/recent", { query: { tenantId } })).items.map(({ kind, title }) => [
      kind,
      title,
    ]);
  const shed = { kind: "shed", tenantId: acme.id, reason: "A loop of retries.", minutes: 5 } as const;
  await world.admin.call("POST /controls", { body: shed });
  const begun = ["control", "Shed Acme: A loop of retries."];
  expect(await marks(acme.id)).toEqual([begun]);
  world.clock.leap(300_000);
  expect(await marks(acme.id)).toEqual([["control", "Shed Acme: over"], begun]);
  expect(await marks(other.id)).toEqual([]);
  await world.admin.call("POST /controls", { body: { kind: "freeze", reason: "All hands." } });
  expect(await marks(other.id)).toEqual([["control", "Freeze all cutovers and evals: All hands."]]);
  const customer = await world.api.clientWith(["tenant:read"], acme.id);
  expect((await customer.call("GET /annotations", {})).items).toEqual([]);
});
