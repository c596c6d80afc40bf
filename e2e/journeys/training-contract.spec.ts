import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { ContractDocumentSchema } from "#lib/registry/browser/contract-schema.ts";
import { adminApi } from "../support/api.ts";

const ADAPTER = "e2e/fixtures/adapters/support-bot";

test("a training contract is read, taken away and held against a folder, and nothing is sent", async ({
  page,
}, info) => {
  const pool = (await adminApi().call("GET /pools", { query: {} })).items[0];
  if (!pool) throw new Error("the demo has no pool");
  await page.goto(`/pools/${pool.id}/contract`);
  await expect(page.locator("[data-rule=base_model]")).toContainText(pool.baseModel);
  await expect(page.locator("[data-rule=rank]")).toContainText(`${pool.maxLoraRank}, in every module`);
  await expect(page.locator("[data-rule=use_dora]")).toContainText("vLLM refuses DoRA");

  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download JSON" }).click();
  const file = info.outputPath("contract.json");
  await (await saved).saveAs(file);
  const contract = ContractDocumentSchema.parse(JSON.parse(await readFile(file, "utf8")));
  expect(contract.pool).toMatchObject({ id: pool.id, slug: pool.slug });

  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.method() !== "GET") sent.push(`${request.method()} ${request.url()}`);
  });
  const folder = page.locator("input[type=file][webkitdirectory]");
  await folder.setInputFiles(ADAPTER);
  const summary = page.locator("[data-findings-summary]");
  await expect(summary).toBeVisible();
  await expect(page.locator("[data-finding=shapes_match]")).toHaveCount(1);

  const broken = info.outputPath("broken");
  await writeBroken(broken);
  await folder.setInputFiles(broken);
  await expect(page.locator("[data-finding=dora]")).toContainText("Fix");
  expect(sent).toEqual([]);

  await page.getByRole("button", { name: "Clear report" }).click();
  await expect(summary).toHaveCount(0);
});

async function writeBroken(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const config = JSON.parse(await readFile(join(ADAPTER, "adapter_config.json"), "utf8")) as Record<string, unknown>;
  await writeFile(join(folder, "adapter_config.json"), JSON.stringify({ ...config, use_dora: true }));
  const weights = await readFile(join(ADAPTER, "adapter_model.safetensors"));
  await writeFile(join(folder, "adapter_model.safetensors"), weights);
}
