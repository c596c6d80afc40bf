import { expect, type Page, test } from "@playwright/test";
import { adminApi, ask, servedBy } from "../support/api.ts";

test.setTimeout(420_000);

const SLUG = "pinecrest";
const EVERY_MS = 100;

/** The customer's application, which knows nothing of what happens: it asks all the time, and counts what went wrong. */
function startApplication() {
  const failures: unknown[] = [];
  const vias = new Set<string | null>();
  let isStopped = false;
  const run = async () => {
    while (!isStopped) {
      const reply = await ask(SLUG).catch((error: unknown) => error);
      if (reply instanceof Response && reply.ok) vias.add(servedBy(reply).via);
      else failures.push(reply instanceof Response ? [reply.status, await reply.text()] : reply);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  };
  const running = run();
  return {
    vias,
    stop: async () => {
      isStopped = true;
      await running;
      return failures;
    },
  };
}

const answers = async (via: string) =>
  expect.poll(async () => servedBy(await ask(SLUG)).via, { timeout: 60_000 }).toBe(via);
const cutoverPhase = (page: Page, phase: string) =>
  expect(page.locator(`header [data-status=${phase}]`)).toBeVisible({ timeout: 120_000 });

async function runGate(api: ReturnType<typeof adminApi>, adapterId: string): Promise<void> {
  const { items } = await api.call("GET /versions", { query: { adapterId, limit: 1 } });
  await api.call("POST /versions/{versionId}/runs", { params: { versionId: items[0]?.id ?? "" }, body: {} });
}

test("a customer moves in from its own endpoint under traffic without a failed request, and back", async ({ page }) => {
  const api = adminApi();
  const tenant = (await api.call("GET /tenants", { query: { q: SLUG } })).items[0];
  const path = `/tenants/${tenant?.id}/routing`;
  let isRenewed = false;
  const nextStep = async () => {
    const { items } = await api.call("GET /journey/tenants", { query: { q: SLUG } });
    const kind = items[0]?.nextStep.action?.kind;
    // its pass expires when another test changes the pool's settings
    if (kind === "run_gate" && !isRenewed) {
      isRenewed = true;
      await runGate(api, items[0]?.adapterId ?? "");
    }
    return kind;
  };
  await expect.poll(nextStep, { timeout: 240_000, intervals: [2000] }).toBe("start_cutover");
  await answers("origin");
  const application = startApplication();

  await page.goto(path);
  await expect(page.getByText("Its origin, because no version is live yet")).toBeVisible();
  await expect(page.getByText("Requests go to Pinecrest Hotels, own deployment.")).toBeVisible();
  await page.getByRole("link", { name: "Open gate" }).click();
  await page.getByRole("button", { name: "Start cutover" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "All at once" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Start cutover to v1" }).click();
  await expect(page).toHaveURL(/\/cutovers\/cut_/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("origin → v1");
  await cutoverPhase(page, "completed");
  await answers("primary");
  const cutover = page.url();

  await page.goto(path);
  await expect(page.getByText(/is kept for rollback until .* Switching it off frees 1 GPU and \$600/)).toBeVisible();

  await page.goto(cutover);
  await page.getByRole("button", { name: "Roll back" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Roll back to its origin" }).click();
  await cutoverPhase(page, "rolled_back");
  await answers("origin");
  expect(await application.stop()).toEqual([]);
  expect([...application.vias].sort()).toEqual(["origin", "primary"]);
});

test("an endpoint is added, tested and removed, and says what to mend", async ({ page }) => {
  const [own] = (await adminApi().call("GET /endpoints", { query: {} })).items;
  await page.goto("/settings/endpoints");
  await page.getByRole("button", { name: `Test ${own?.name}` }).click();
  await expect(page.getByRole("status").filter({ hasText: "answers chats" })).toBeVisible();

  await page.getByRole("button", { name: "Add endpoint" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Nobody there");
  await dialog.getByLabel("Base URL").fill("http://169.254.169.254/v1");
  await dialog.getByRole("button", { name: "Add endpoint" }).click();
  await expect(dialog.getByText("Switchyard never connects to 169.254.169.254.")).toBeVisible();
  await dialog.getByLabel("Base URL").fill("http://127.0.0.1:9/v1");
  await dialog.getByRole("button", { name: "Add endpoint" }).click();
  await page.getByRole("button", { name: "Test Nobody there" }).click();
  await expect(page.getByRole("status").filter({ hasText: "gives no answer at 127.0.0.1:9" })).toBeVisible();
  await page.getByRole("button", { name: "More for Nobody there" }).click();
  await page.getByRole("menuitem", { name: "Remove endpoint" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove endpoint" }).click();
  await expect(page.getByText("Nobody there")).toHaveCount(0);
});
