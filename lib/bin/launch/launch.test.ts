import { describe, expect, it } from "vitest";
import { readEnv } from "#lib/platform/env.ts";
import { childStages, type Mode, type Plan, portClaims } from "./children.ts";
import type { MachineSecrets } from "./machine-secrets.ts";
import { nodeProblem } from "./node-version.ts";
import { readyReport } from "./ready-report.ts";
import { createTerminal } from "./terminal.ts";

const env = readEnv({ NODE_ENV: "test", DATA_DIR: "/data", SIM_PORT: "8200" });
const secrets: MachineSecrets = {
  nextAuthSecret: "n".repeat(32),
  secretsKey: "5".repeat(64),
  adminEmail: "admin@switchyard.local",
  adminPassword: "a generated one",
  adminApiKey: "k".repeat(40),
  file: "/data/secrets.json",
  isNew: false,
};
const databaseUrl = "postgresql://switchyard:hidden@127.0.0.1:5555/switchyard";
const plan = (mode: Mode): Plan => ({ env, mode, root: process.cwd(), databaseUrl, secrets, scenario: "default" });

describe("childStages", () => {
  it("production without simulation has the three processes of the product", () => {
    expect(childStages(plan("start")).map((stage) => stage.map(({ name }) => name))).toEqual([
      ["worker", "gateway", "web"],
    ]);
  });

  it("the demo starts nodes first and traffic last; each node is a process of its own", () => {
    expect(childStages(plan("demo")).map((stage) => stage.map(({ name }) => name))).toEqual([
      ["a100-1", "a100-2", "standalone-1", "origin-1"],
      ["worker", "gateway", "web"],
      ["demo"],
    ]);
  });

  it("runs bundles in production and sources in development", () => {
    const worker = (mode: Mode) =>
      childStages(plan(mode))
        .flat()
        .find(({ name }) => name === "worker")
        ?.args.join(" ");
    expect(worker("demo")).toMatch(/--single-threaded-gc .*dist\/worker\.js$/);
    expect(worker("dev")).toMatch(/watch .*lib\/bin\/worker\.ts$/);
  });

  it("the console always runs behind its own front, from a bundle", () => {
    const web = (mode: Mode) =>
      childStages(plan(mode))
        .flat()
        .find(({ name }) => name === "web")
        ?.args.join(" ");
    expect(web("start")).toMatch(/dist\/web\.js$/);
    expect(web("demo")).toMatch(/dist\/web\.js$/);
    expect(web("dev")).toMatch(/dist\/web\.js --dev$/);
  });

  it("passes secrets through the environment, never as arguments that `ps` shows", () => {
    for (const child of childStages(plan("demo")).flat()) {
      const text = child.args.join(" ");
      for (const secret of [secrets.secretsKey, secrets.adminPassword, secrets.adminApiKey ?? "", "hidden"])
        expect(text).not.toContain(secret);
      expect(child.env).toMatchObject({
        DATABASE_URL: databaseUrl,
        SECRETS_KEY: secrets.secretsKey,
        DATA_DIR: "/data",
      });
    }
  });
});

describe("portWishes", () => {
  it("asks for simulated nodes only where there are some", () => {
    const ports = (mode: Mode) => portClaims(env, mode).map(({ port }) => port);
    expect(ports("start")).toEqual([3000, 8080, 8082, 8083]);
    expect(ports("demo")).toEqual([3000, 8080, 8082, 8083, 8200, 8201, 8202, 8203]);
  });
});

describe("readyReport", () => {
  const report = (mode: Mode, change: Partial<MachineSecrets> = {}) =>
    readyReport({ env, mode, secrets: { ...secrets, ...change }, databaseUrl, seconds: 4.25 }).join("\n");

  it("shows the demo's sign-in every time", () => {
    expect(report("demo")).toContain("Sign in    admin@switchyard.local   a generated one");
    expect(report("demo")).toContain("Console    http://localhost:3000");
  });

  it("shows a generated password of a real installation once, then says where it is", () => {
    expect(report("start", { isNew: true })).toContain("a generated one");
    expect(report("start")).not.toContain("a generated one");
    expect(report("start")).toContain("ADMIN_PASSWORD in /data/secrets.json");
  });

  it("never shows the password of the database or a key", () => {
    expect(report("demo")).not.toContain("hidden");
    expect(report("demo")).not.toContain(secrets.adminApiKey);
  });
});

describe("createTerminal", () => {
  it("reports a step with its seconds, also when it fails", async () => {
    let now = 0;
    const lines: string[] = [];
    const terminal = createTerminal(
      (line) => lines.push(line),
      () => now,
    );
    await terminal.step("database", async () => {
      now = 1_234;
    });
    await expect(terminal.step("web", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(lines).toEqual(["  1.2 s  database: done in 1.2 s"]);
  });
});

describe("nodeProblem", () => {
  it.each(["20.19.0", "20.20.2", "22.0.0", "24.21.0"])("accepts %s", (version) => {
    expect(nodeProblem(version)).toBeNull();
  });
  it.each(["18.20.0", "20.18.9"])("refuses %s", (version) => {
    expect(nodeProblem(version)).toBe(`Node 20.19 or newer is needed; this is ${version}.`);
  });
});
