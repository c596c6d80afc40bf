import { expect, test } from "@playwright/test";
import { addVersion, seededAdapter } from "#lib/api/testing/fleet.ts";
import { AT_ONCE } from "#lib/cutover/browser/canary-defaults.ts";
import { adminApi, ask, servedBy } from "../support/api.ts";
import { violations } from "../support/axe.ts";
import { clearFaults, failAdapter } from "../support/sim-node.ts";

test.setTimeout(400_000);

const SLUG = "canary-inc";
const OVERRIDE = "Its gate is not what this test is about.";
/** Half of the conversations at once; it may not end by itself while the test looks. */
const PLAN = { shadow: false, weights: [50], minRequests: 10, minMinutes: 60, soakMinutes: 60 };
const ROLLED_BACK_WITHIN_MS = 5_000;

/** A tenant of this test's own whose version 1 answers. */
async function liveAdapter(): Promise<string> {
  const api = adminApi();
  const pool = (await api.call("GET /pools", { query: {} })).items[0];
  const tenant = await api.call("POST /tenants", { body: { slug: SLUG, name: "Canary Inc" } });
  const { id: adapterId } = await api.call("POST /tenants/{tenantId}/adapters", {
    params: { tenantId: tenant.id },
    body: { slug: "bot", name: "Bot", poolId: pool?.id ?? "" },
  });
  await startCutover(adapterId, "canary-1", AT_ONCE);
  await expect.poll(async () => servedBy(await ask(SLUG)).version, { timeout: 120_000 }).toBe("v1");
  return adapterId;
}

async function startCutover(adapterId: string, seed: string, plan: object) {
  const version = await addVersion(adminApi(), adapterId, await seededAdapter(seed));
  const body = { toVersionId: version.id, overrideReason: OVERRIDE, plan };
  const cutover = await adminApi().call("POST /adapters/{adapterId}/cutovers", { params: { adapterId }, body });
  return { cutoverId: cutover.id, loraName: version.loraName ?? "" };
}

const askAs = async (user: string) => {
  const at = Date.now();
  const reply = await ask(SLUG, { user, max_tokens: 4 });
  await reply.text();
  return { at, ...servedBy(reply) };
};
const askAll = async (users: readonly string[]) => {
  const answers = [];
  for (const user of users) answers.push(await askAs(user));
  return answers;
};

test("a bad version is canaried, its guard is breached, and it is rolled back by itself", async ({ page }, info) => {
  const api = adminApi();
  const adapterId = await liveAdapter();
  const users = Array.from({ length: 24 }, (_, index) => `user-${index}`);
  await askAll(users);
  // whether there is a canary at all goes by the requests that were recorded, a second after they were served
  const recorded = async () => (await api.call("GET /requests", { query: { adapterId, limit: 200 } })).items.length;
  await expect.poll(recorded).toBeGreaterThanOrEqual(users.length);
  const { cutoverId, loraName } = await startCutover(adapterId, "canary-2", PLAN);
  const read = () => api.call("GET /cutovers/{cutoverId}", { params: { cutoverId } });
  await expect.poll(async () => (await read()).phase, { timeout: 120_000 }).toBe("canary");

  await page.goto(`/cutovers/${cutoverId}`);
  await expect(page.locator("header [data-status=canary]")).toContainText("50");
  await expect(page.getByRole("button", { name: "Promote", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Roll back", exact: true })).toBeEnabled();
  const answers = await askAll(users);
  const onNew = answers.flatMap(({ version }, index) => (version === "v2" ? (users[index] ?? []) : []));
  expect(onNew.length).toBeGreaterThan(2);
  expect(onNew.length).toBeLessThan(users.length);
  await expect(page.getByText(/requests, no breach\. Waits for/)).toBeVisible();
  expect(await violations(page)).toEqual([]);

  const all: Awaited<ReturnType<typeof askAs>>[] = [];
  const nodes = (await api.call("GET /nodes", { query: {} })).items.filter(({ standalone }) => !standalone);
  try {
    for (let round = 0; round < 60 && (await read()).phase === "canary"; round += 1) {
      // so few at once that the gateway does not turn away from the version by itself
      for (const { baseUrl } of nodes) await failAdapter(baseUrl, { loraName, times: 2 });
      all.push(...(await askAll(users)));
    }
    // nobody pauses as it goes back: what is asked next says how long the new version was still answered by
    for (let round = 0; round < 3; round += 1) all.push(...(await askAll(users)));
  } finally {
    for (const { baseUrl } of nodes) await clearFaults(baseUrl);
  }
  await expect(page.locator("header [data-status=rolled_back]")).toBeVisible();
  await expect(page.getByText(/^Guard: \d+ of \d+ failed requests beside/).first()).toBeVisible();
  await expect(page.getByText("Failed requests: breached")).toBeVisible();
  expect(await violations(page)).toEqual([]);

  const { guardedAt } = await read();
  const lastOnNew = Math.max(...all.filter(({ version }) => version === "v2").map(({ at }) => at));
  const afterMs = lastOnNew - Date.parse(guardedAt ?? "");
  const message = `the new version's last request came ${afterMs} ms after the guard's decision`;
  info.annotations.push({ type: "rollback at the gateway", description: message });
  process.stdout.write(`${message}\n`);
  expect(afterMs, message).toBeLessThan(ROLLED_BACK_WITHIN_MS);
  // every failure of the candidate was made good by the version that stayed live
  expect(all.filter(({ status }) => status !== 200)).toEqual([]);
  expect(new Set((await askAll(users)).map(({ version }) => version))).toEqual(new Set(["v1"]));
});
