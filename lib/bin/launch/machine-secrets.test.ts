import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Env, readEnv } from "#lib/platform/env.ts";
import { resolveSecrets, secretsPath } from "./machine-secrets.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "switchyard-secrets-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const env = (given: Record<string, string> = {}): Env =>
  readEnv({ NODE_ENV: "test", DATA_DIR: join(dataDir, "new"), ...given });

describe("resolveSecrets on one machine", () => {
  it("generates once, into a file only the owner reads, and keeps it", async () => {
    const first = await resolveSecrets(env());
    const path = secretsPath(env().dataDir);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(first).toMatchObject({ isNew: true, adminEmail: "admin@switchyard.local", file: path });
    expect(await resolveSecrets(env())).toEqual({ ...first, isNew: false });
  });

  it("makes secrets the processes accept, different on every machine", async () => {
    const made = await resolveSecrets(env());
    const other = await resolveSecrets(env({ DATA_DIR: join(dataDir, "other") }));
    for (const { nextAuthSecret, secretsKey, adminPassword, adminApiKey } of [made, other])
      expect(() =>
        env({
          NEXTAUTH_SECRET: nextAuthSecret,
          SECRETS_KEY: secretsKey,
          ADMIN_PASSWORD: adminPassword,
          ADMIN_API_KEY: adminApiKey ?? "",
        }),
      ).not.toThrow();
    expect(made.secretsKey).not.toBe(other.secretsKey);
    expect(made.adminPassword).not.toBe(other.adminPassword);
  });

  it("prefers the environment", async () => {
    const password = "a password of my own";
    expect(await resolveSecrets(env({ ADMIN_PASSWORD: password, ADMIN_EMAIL: "me@example.com" }))).toMatchObject({
      adminPassword: password,
      adminEmail: "me@example.com",
    });
  });

  it("refuses a damaged file instead of replacing the key that sealed values need", async () => {
    await resolveSecrets(env());
    const path = secretsPath(env().dataDir);
    await writeFile(path, (await readFile(path, "utf8")).slice(0, 50));
    await expect(resolveSecrets(env())).rejects.toThrow(`${path} is damaged`);
  });
});

describe("resolveSecrets beside DATABASE_URL", () => {
  const DATABASE_URL = "postgresql://db/switchyard";

  it("names everything that is missing, and generates nothing", async () => {
    await expect(resolveSecrets(env({ DATABASE_URL, SECRETS_KEY: "ab".repeat(32) }))).rejects.toThrow(
      "DATABASE_URL is set, so these must be set as well: NEXTAUTH_SECRET, ADMIN_EMAIL, ADMIN_PASSWORD.",
    );
    await expect(stat(secretsPath(env().dataDir))).rejects.toThrow("ENOENT");
  });

  it("takes what is given; the key for programs is optional", async () => {
    const given = {
      DATABASE_URL,
      SECRETS_KEY: "ab".repeat(32),
      NEXTAUTH_SECRET: "x".repeat(32),
      ADMIN_EMAIL: "me@example.com",
      ADMIN_PASSWORD: "a password of my own",
    };
    expect(await resolveSecrets(env(given))).toEqual({
      nextAuthSecret: given.NEXTAUTH_SECRET,
      secretsKey: given.SECRETS_KEY,
      adminEmail: given.ADMIN_EMAIL,
      adminPassword: given.ADMIN_PASSWORD,
      adminApiKey: null,
      file: null,
      isNew: false,
    });
  });
});
