import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { pidNow } from "../support/processes.ts";
import { product, SIGNED_OUT } from "../support/product.ts";

test("every program says that it lives and is ready", async ({ request }) => {
  const { consoleUrl, gatewayUrl, nodeUrls } = product();
  for (const url of [consoleUrl, gatewayUrl])
    for (const path of ["/livez", "/readyz"]) expect((await request.get(url + path)).status(), url + path).toBe(200);
  for (const url of nodeUrls) expect((await request.get(`${url}/health`)).status(), url).toBe(200);
});

test("the console's own server refuses TRACE", async ({ request }) => {
  const reply = await request.fetch(`${product().consoleUrl}/sign-in`, { method: "TRACE" });
  expect(reply.status()).toBe(405);
});

test("no program's log speaks of a leak that is none", () => {
  const logs = join(product().dataDir, "logs");
  const files = readdirSync(logs).filter((file) => file.endsWith(".log"));
  expect(files).toContain("worker.log");
  for (const file of files) expect(readFileSync(join(logs, file), "utf8"), file).not.toContain("MaxListeners");
});

test("a program that is killed comes back by itself", async ({ request }) => {
  const { gatewayUrl } = product();
  const gatewayPid = () => pidNow("gateway");
  const killed = gatewayPid();
  process.kill(killed ?? 0, "SIGKILL");
  await expect.poll(gatewayPid, { timeout: 20_000 }).not.toBe(killed);
  await expect
    .poll(
      () =>
        request
          .get(`${gatewayUrl}/readyz`)
          .then((reply) => reply.status())
          .catch(() => 0),
      { timeout: 30_000 },
    )
    .toBe(200);
});

test.describe("without a session", () => {
  test.use({ storageState: SIGNED_OUT });

  test("a page asks for the sign-in, keeps where the link pointed, and the browser is remembered", async ({
    page,
    context,
  }) => {
    await page.goto("/tenants?sort=name");
    await expect(page).toHaveURL(/\/sign-in\?callbackUrl=/);
    const { email, password } = product();
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/\/tenants\?sort=name$/);
    const remembered = (await context.cookies()).find(({ name }) => name === "switchyard-browser");
    // sent to the sign-in alone, so that no page or script ever sees it
    expect(remembered).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/api/auth" });
  });
});
