import { createHash, randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { expect, type Page, type Request, test } from "@playwright/test";
import type { Baselines } from "#lib/evals/browser/baseline-schema.ts";
import { testCount } from "#lib/platform/nightly.ts";
import { adminApi } from "../support/api.ts";
import { watchUploads } from "../support/cut-uploads.ts";
import {
  adapterFolder,
  digestsOf,
  largeAdapterFolder,
  pickledAdapterFolder,
  trainerFolder,
} from "../support/large-adapter.ts";
import { ADMIN_SESSION, product } from "../support/product.ts";

const MIB = 1024 ** 2;
const CHUNK = 8 * MIB;

const slugs = { next: 0 };
/** A tenant of its own for each test, with one adapter in the demo's pool. */
async function newAdapter(): Promise<{ adapterId: string; tenantId: string; poolId: string }> {
  slugs.next += 1;
  const slug = `upload-${Date.now().toString(36)}-${slugs.next}`;
  const api = adminApi();
  const tenant = await api.call("POST /tenants", { body: { slug, name: slug } });
  const pool = (await api.call("GET /pools", { query: {} })).items.find(({ maxLoraRank }) => maxLoraRank === 16);
  const adapter = await api.call("POST /tenants/{tenantId}/adapters", {
    params: { tenantId: tenant.id },
    body: { slug: "support-bot", name: "Support bot", poolId: pool?.id ?? "" },
  });
  return { adapterId: adapter.id, tenantId: tenant.id, poolId: adapter.poolId };
}

const choose = async (page: Page, folder: string) => {
  await expect(page.getByRole("button", { name: "Choose folder" })).not.toHaveAttribute("aria-disabled", "true");
  await page.locator("input[type=file]").setInputFiles(folder);
};

test("many MiB go through the real server in chunks, over a cut line, and arrive as they were sent", async () => {
  const { adapterId } = await newAdapter();
  const bytes = randomBytes(testCount(24, 64) * MIB);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const name = "adapter_model.safetensors";
  const { id } = await adminApi().call("POST /adapters/{adapterId}/versions", {
    params: { adapterId },
    body: {
      files: [
        { path: "adapter_config.json", sizeBytes: 2 },
        { path: name, sizeBytes: bytes.length, sha256 },
      ],
    },
  });
  const url = new URL(`/api/v1/uploads/${id}/${name}`, product().consoleUrl);
  const signed = { authorization: `Bearer ${product().apiKey}`, "tus-resumable": "1.0.0" };
  const offset = async () =>
    Number((await fetch(url, { method: "HEAD", headers: signed })).headers.get("upload-offset"));
  const headers = (at: number, length: number) => ({
    ...signed,
    "upload-offset": String(at),
    "content-type": "application/offset+octet-stream",
    "content-length": String(length),
  });

  await new Promise<void>((resolve) => {
    const cut = httpRequest(url, { method: "PATCH", headers: headers(0, CHUNK) });
    cut.on("error", () => resolve());
    cut.write(bytes.subarray(0, 3 * MIB), () => setTimeout(() => cut.destroy(), 300));
  });
  const kept = await offset();
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThanOrEqual(3 * MIB);
  for (let at = kept; at < bytes.length; ) {
    const chunk = bytes.subarray(at, at + CHUNK);
    const reply = await fetch(url, {
      method: "PATCH",
      headers: headers(at, chunk.length),
      body: new Uint8Array(chunk),
    });
    expect(reply.status).toBe(204);
    at = Number(reply.headers.get("upload-offset"));
  }
  const { files } = await adminApi().call("GET /versions/{versionId}", { params: { versionId: id } });
  expect(files.find(({ path }) => path === name)).toMatchObject({ receivedBytes: bytes.length, sha256 });
});

/** Says with one click that a name of a base is the pool's, and finds nothing to say once the page is loaded again. */
async function acknowledgeBase(page: Page, folder: string, name: string) {
  await choose(page, folder);
  await expect(page.locator("[data-finding=base_name_unknown]")).toBeVisible();
  await page.getByRole("button", { name: "Acknowledge name" }).click();
  await expect(page.getByText(`Acknowledged: ${name} counts as`)).toBeVisible();
  await page.reload();
  await choose(page, folder);
  await expect(page.locator("[data-finding=base_model_matches]")).toBeAttached();
  await expect(page.locator("[data-finding=base_name_unknown]")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Acknowledge name" })).toHaveCount(0);
}

/** The demo's pool has a standalone node: as the page is where there is none. */
async function offersWithoutBaseline(page: Page, tenantId: string) {
  const none = { code: "no_standalone", message: "The pool has no standalone node.", fix: "Add one." };
  await page.route(/\/versions\/[^/]+\/baselines/, async (route) => {
    const response = await route.fetch();
    const read: Baselines = await response.json();
    const choices = read.choices.map((one) => (one.kind === "standalone" ? { ...one, refusal: none } : one));
    await route.fulfill({ response, json: { ...read, recommended: null, unnamed: null, choices } });
  });
  await page.getByRole("link", { name: "Gate", exact: true }).click();
  const offers = page.locator("main").getByRole("list").filter({ hasText: "Compare the version with itself" });
  await expect(offers.getByRole("listitem")).toHaveCount(3);
  await expect(offers.getByRole("link")).toHaveAttribute("href", `/tenants/${tenantId}/routing`);
  await expect(offers).toContainText("Override gate");
  await expect(page.getByRole("button", { name: "Run comparison" })).not.toHaveAttribute("aria-disabled", "true");
  await page.unrouteAll({ behavior: "ignoreErrors" });
}

/** A word that nothing has is said so; a digest and Enter open the version's own page. */
async function searchFor(page: Page, digest: string, path: string) {
  await page.goto("/adapters");
  const search = page.getByLabel("Search adapters");
  await expect(async () => {
    await search.fill(""); // the same text again would be no change
    await search.fill("zzzz");
    await expect(page.getByText("No adapter matches", { exact: true })).toBeVisible({ timeout: 2_000 });
  }).toPass(); // a page that has just been loaded may not listen yet
  await search.fill(digest);
  await search.press("Enter");
  await expect(page).toHaveURL(new RegExp(`${path}$`));
}

test("a bad folder is refused within a second and not a byte is sent; a trainer's is taken without what it left", async ({
  page,
}) => {
  const { adapterId, tenantId, poolId } = await newAdapter();
  const asked: Request[] = [];
  page.on("request", (request) => {
    if (request.method() !== "GET") asked.push(request);
  });
  await page.goto(`/adapters/${adapterId}/add`);
  await expect(page.getByRole("button", { name: "Choose folder" })).toBeEnabled();
  const startedAt = Date.now();
  await choose(page, pickledAdapterFolder());
  await expect(page.locator("[data-finding=pickle_refused]")).toBeVisible();
  expect(Date.now() - startedAt).toBeLessThan(1000);
  await expect(page.getByRole("button", { name: "Add version" })).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByText("Nothing was uploaded.")).toBeVisible();
  expect(asked.map((request) => request.url())).toEqual([]);

  const alias = `unsloth/tiny-llama-${Date.now().toString(36)}-bnb-4bit`;
  await acknowledgeBase(page, trainerFolder(alias), alias);
  await page.getByRole("button", { name: "Add version" }).click();
  await expect(page.getByRole("heading", { name: "support-bot v1", level: 1 })).toBeVisible({ timeout: 30_000 });
  const opened = asked.find((request) => request.url().endsWith(`/adapters/${adapterId}/versions`));
  const sent = opened?.postDataJSON() as { files: { path: string }[] } | undefined;
  expect(sent?.files.map(({ path }) => path).sort()).toEqual(["adapter_config.json", "adapter_model.safetensors"]);
  await offersWithoutBaseline(page, tenantId);
  const [version] = (await adminApi().call("GET /versions", { query: { adapterId } })).items;
  await searchFor(page, version?.digest ?? "", `/adapters/${adapterId}/versions/${version?.id}`);

  const { baseAliases, generation } = await adminApi().call("GET /pools/{poolId}", { params: { poolId } });
  expect(baseAliases).toContain(alias);
  const body = { baseAliases: baseAliases.filter((name) => name !== alias) };
  await adminApi().call("PATCH /pools/{poolId}", { params: { poolId }, generation, body });
});

test("an upload survives a lost line, a pause and a reload, and sends no byte twice that arrived", async ({ page }) => {
  const { adapterId } = await newAdapter();
  const folder = largeAdapterFolder(48 * MIB);
  const line = await watchUploads(page);
  page.on("dialog", (dialog) => void dialog.accept()); // the page asks before it goes while it sends
  const versionOf = async () =>
    (await adminApi().call("GET /versions", { query: { adapterId } })).items[0] ?? { files: [], id: "" };
  const arrived = async () => (await versionOf()).files.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0);

  await page.goto(`/adapters/${adapterId}/add`);
  await choose(page, folder);
  line.hold(CHUNK + 1); // however fast the machine, it is still sending when it is paused
  line.cutNext(3); // each is waited for twice as long as the one before, so that the words can be seen
  await page.getByRole("button", { name: "Add version" }).click();
  await expect(page.getByText(/connection lost/)).toBeVisible();
  await expect.poll(arrived, { timeout: 30_000, intervals: [50] }).toBeGreaterThan(CHUNK);

  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText(/paused, uploaded files are kept/)).toBeVisible();
  line.release(); // what was held has been given up
  const before = await arrived();
  line.hold(1); // one chunk more
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await expect.poll(arrived, { timeout: 30_000, intervals: [50] }).toBeGreaterThan(before);

  await expect(page).toHaveURL(/version=ver_/);
  await page.reload();
  line.release();
  await expect(page.getByText(/ arrived · /)).toBeVisible();
  await choose(page, folder);
  await page.getByRole("button", { name: "Resume upload" }).click();
  await expect(page.getByRole("heading", { name: "support-bot v1", level: 1 })).toBeVisible({ timeout: 60_000 });
  await expect(page.locator("[data-status=ready]").first()).toBeVisible();

  const version = await versionOf();
  const stored = Object.fromEntries(version.files.map(({ path, sha256 }) => [path, sha256]));
  expect(stored).toEqual(digestsOf(folder));
  const total = version.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const sent = line.sent.reduce((sum, size) => sum + size, 0);
  expect(sent).toBeLessThanOrEqual(total + 3 * CHUNK); // a pause and a reload may each lose the chunk on its way
});

test("a tenant is onboarded by keyboard, left half-way, and finished in another browser", async ({ page, browser }) => {
  test.setTimeout(180_000);
  const name = `Keyboard ${Date.now().toString(36)}`;
  await page.goto("/tenants");
  await page.getByRole("button", { name: "Add tenants" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: /step by step/ })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("menuitem", { name: /step by step/ }).focus();
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-wizard-step=tenant]")).toBeVisible();
  await page.keyboard.type(name); // the first field has the focus
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-wizard-step=adapter]")).toBeVisible();
  await expect(page.getByLabel("Name")).toBeFocused();
  const tenantUrl = page.url();

  await page.goto("/"); // left: nothing of it is in the page
  await page.goto(tenantUrl);
  await page.getByLabel("Name").focus();
  await page.keyboard.type("Support bot");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  await page.getByRole("button", { name: "Add adapter" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-wizard-step=files]")).toBeVisible();

  await expect(page.getByRole("button", { name: "Choose folder" })).not.toHaveAttribute("aria-disabled", "true");
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose folder" }).focus();
  await page.keyboard.press("Enter");
  await (await chooser).setFiles(adapterFolder("support-bot"));
  await page.getByRole("button", { name: "Add version" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-wizard-step=staged]")).toBeVisible({ timeout: 30_000 });
  await page.close();

  const elsewhere = await browser.newContext({ storageState: ADMIN_SESSION, baseURL: product().consoleUrl });
  const other = await elsewhere.newPage();
  const tenantId = new URL(tenantUrl).searchParams.get("tenant");
  await other.goto(`/tenants/onboard?tenant=${tenantId}`);
  await other.getByRole("button", { name: "Load v1" }).focus();
  await other.keyboard.press("Enter");
  await expect(other.locator("[data-wizard-step=gate]")).toBeVisible({ timeout: 90_000 });
  await expect(other.getByRole("button", { name: "Run gate" })).toBeVisible();
  await elsewhere.close();
});
