import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { childEnv } from "#lib/platform/env.ts";
import { tinyContract } from "#lib/registry/testing/contract.ts";
import { ROOT } from "../launch/root.ts";
import { runCheckAdapter } from "./run-check-adapter.ts";

const GOOD = join(ROOT, "e2e", "fixtures", "adapters", "support-bot");
const CONFIG = "adapter_config.json";

let root: string;
let contract: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "switchyard-check-"));
  contract = join(root, "contract.json");
  await writeFile(contract, JSON.stringify(tinyContract()));
});
afterAll(() => rm(root, { recursive: true }));

/** What the command would print, and its exit code. */
async function run(...args: string[]) {
  const lines: { out: string[]; err: string[] } = { out: [], err: [] };
  const code = await runCheckAdapter(args, {
    out: (line) => lines.out.push(line),
    err: (line) => lines.err.push(line),
  });
  return { code, out: lines.out.join("\n"), err: lines.err.join("\n") };
}

async function changedFolder(change: (config: Record<string, unknown>) => object): Promise<string> {
  const folder = await mkdtemp(join(root, "folder-"));
  await cp(GOOD, folder, { recursive: true });
  const config = JSON.parse(await readFile(join(folder, CONFIG), "utf8")) as Record<string, unknown>;
  await writeFile(join(folder, CONFIG), JSON.stringify(change(config)));
  return folder;
}

describe("check-adapter", () => {
  it("accepts a good folder and says what was proven", async () => {
    const { code, out, err } = await run(GOOD, "--contract", contract);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("values_finite");
    expect(out).toContain("tokenizer_matches");
    expect(out).toMatch(/would be accepted by the pool tiny: 0 errors, 0 warnings/);
  });

  it("ends with 1 and each reason with its fix when a version would be rejected", async () => {
    const folder = await changedFolder((config) => ({
      ...config,
      base_model_name_or_path: "switchyard/tiny-llama-instruct",
      use_dora: true,
    }));
    const { code, out } = await run(folder, "--contract", contract);
    expect(code).toBe(1);
    expect(out).toMatch(/error {3}base_model_mismatch: .*\(adapter_config.json#base_model_name_or_path\)/);
    expect(out).toMatch(/error {3}dora: /);
    expect(out).toContain("Fix: Train on switchyard/tiny-llama");
    expect(out).toMatch(/would be refused by the pool tiny: 2 errors/);
  });

  it("reads every weight", async () => {
    const folder = await mkdtemp(join(root, "folder-"));
    await cp(GOOD, folder, { recursive: true });
    const weights = await readFile(join(folder, "adapter_model.safetensors"));
    weights.fill(0xff, weights.length - 2); // the last value becomes NaN
    await writeFile(join(folder, "adapter_model.safetensors"), weights);
    expect((await run(folder, "--contract", contract)).out).toContain("values_not_finite");
  });

  it("says the same as JSON", async () => {
    const folder = await changedFolder((config) => ({ ...config, r: 8 }));
    const { code, out } = await run(folder, "--contract", contract, "--json");
    expect(code).toBe(1);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ accepted: false, contract: { pool: { slug: "tiny" } }, counts: { error: 1 } });
    expect(report.findings).toContainEqual(expect.objectContaining({ code: "rank_mismatch", severity: "error" }));
  });

  it.each([
    ["no folder", () => ["--contract", contract], "Usage:"],
    ["no contract", () => [GOOD], "Usage:"],
    ["two folders", () => [GOOD, GOOD, "--contract", contract], "Usage:"],
    ["an unknown option", () => [GOOD, "--contract", contract, "--fix"], "Usage:"],
    ["a folder that is not there", () => [join(root, "gone"), "--contract", contract], "is not a folder"],
    ["a file for a folder", () => [join(GOOD, CONFIG), "--contract", contract], "is not a folder"],
    ["a contract that is not there", () => [GOOD, "--contract", join(root, "gone.json")], "cannot be read"],
    ["something else for a contract", () => [GOOD, "--contract", join(GOOD, CONFIG)], "is not a training contract"],
  ])("ends with 2 for %s", async (_what, args, message) => {
    const { code, err } = await run(...args());
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it("ends with 2 for a folder that holds a link, and says what to do", async () => {
    const folder = await mkdtemp(join(root, "folder-"));
    await symlink(join(GOOD, CONFIG), join(folder, CONFIG));
    const { code, err } = await run(folder, "--contract", contract);
    expect(code).toBe(2);
    expect(err).toContain("Copy the file itself into the folder.");
  });

  it("refuses a contract of a later format instead of guessing", async () => {
    const later = join(root, "later.json");
    await writeFile(later, JSON.stringify({ ...tinyContract(), format: "switchyard.training-contract/2" }));
    const { code, err } = await run(GOOD, "--contract", later);
    expect(code).toBe(2);
    expect(err).toContain("format");
  });

  it("is a program that ends by itself with that code", async () => {
    const program = join(ROOT, "lib", "bin", "check-adapter.ts");
    const args = ["--import", "tsx", program, GOOD, "--contract", contract];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: ROOT,
      env: childEnv({}),
      timeout: 20_000,
    });
    expect(stdout).toContain("would be accepted");
  });
});
