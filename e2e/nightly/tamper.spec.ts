import { expect, test } from "@playwright/test";
import { addVersion, seededAdapter } from "#lib/api/testing/fleet.ts";
import { AT_ONCE } from "#lib/cutover/browser/canary-defaults.ts";
import { adminApi, ask, servedBy } from "../support/api.ts";
import { flipByte } from "../support/flip-byte.ts";

test.setTimeout(180_000);

const SLUG = "tampered-with";

/** A tenant of this test's own, live on the demo's nodes. */
async function liveTenant() {
  const api = adminApi();
  const pool = (await api.call("GET /pools", { query: {} })).items[0];
  const tenant = await api.call("POST /tenants", { body: { slug: SLUG, name: "Tampered with" } });
  const adapter = await api.call("POST /tenants/{tenantId}/adapters", {
    params: { tenantId: tenant.id },
    body: { slug: "bot", name: "Bot", poolId: pool?.id ?? "" },
  });
  return { tenant, adapter };
}

async function goLive(adapterId: string, seed: string) {
  const version = await addVersion(adminApi(), adapterId, await seededAdapter(seed));
  await adminApi().call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId: version.id, overrideReason: "Only its bytes matter to this test.", plan: AT_ONCE },
  });
  const name = `v${version.number}`;
  await expect
    .poll(async () => servedBy(await ask(SLUG)), { timeout: 90_000 })
    .toEqual({ status: 200, version: name, via: "primary" });
  return version;
}

test("a byte flipped in the store is shown where people look, and the live version serves on until it is replaced", async ({
  page,
}) => {
  const { adapter } = await liveTenant();
  const version = await goLive(adapter.id, "tampered");
  await flipByte(`${SLUG}--bot`);
  const params = { versionId: version.id };
  expect((await adminApi().call("POST /versions/{versionId}/verify", { params })).state).toBe("quarantined");

  await page.goto("/");
  await expect(page.getByText(/1 live version is quarantined\./)).toBeVisible();
  const item = page.getByRole("listitem").filter({ hasText: "Version 1 is live and quarantined" });
  await item.getByRole("link", { name: "Open report" }).click();
  await expect(page).toHaveURL(new RegExp(`${version.id}$`));
  await expect(page.locator("header [data-status=quarantined]").first()).toBeVisible();
  await expect(page.getByText(/adapter_model\.safetensors is not what was registered/).first()).toBeVisible();
  await expect(page.getByText(/No node loads it again/)).toBeVisible();
  expect(servedBy(await ask(SLUG))).toEqual({ status: 200, version: "v1", via: "primary" });

  await page.goto("/system");
  await expect(page.getByRole("link", { name: "1 version", exact: true })).toBeVisible();

  // the same files again: right bytes take the damaged ones' place, and nothing waits for anybody any more
  const mended = await goLive(adapter.id, "tampered");
  expect(mended).toMatchObject({ number: 2, digest: version.digest });
  await page.goto("/");
  await expect(page.getByText(/quarantined/)).toHaveCount(0);
});
