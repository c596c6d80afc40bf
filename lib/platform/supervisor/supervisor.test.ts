import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChildSpec } from "./child.ts";
import { openLogFile } from "./log-file.ts";
import { freePort } from "./ports.ts";
import { processStart } from "./process-identity.ts";
import { endLeftovers } from "./process-record.ts";
import { logPath, processRecordPath, Supervisor } from "./supervisor.ts";

let dataDir: string;
let said: string[];
let supervisors: Supervisor[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "switchyard-supervisor-"));
  said = [];
});
afterEach(async () => {
  await Promise.all(supervisors.map((supervisor) => supervisor.stop()));
  supervisors = [];
  await rm(dataDir, { recursive: true, force: true });
});

const create = (drainMs?: number): Supervisor => {
  const supervisor = new Supervisor({ dataDir, print: (line) => said.push(line), drainMs });
  supervisors.push(supervisor);
  return supervisor;
};

const node = (name: string, script: string, change: Partial<ChildSpec> = {}): ChildSpec => ({
  name,
  file: process.execPath,
  args: ["-e", script],
  cwd: dataDir,
  env: {},
  ready: { kind: "message" },
  readyWithinMs: 10_000,
  ...change,
});

const REPORT_READY = 'process.send({kind:"ready"});';
const STAY = "setInterval(() => {}, 1000);";
const END_WELL = 'process.on("SIGTERM", () => { console.log("drained"); process.exit(0) });';

const until = async (condition: () => boolean, withinMs = 10_000): Promise<void> => {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms; said: ${said.join(" | ")}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const alive = (pid: number | null): boolean => pid !== null && processStart(pid) !== null;

describe("Supervisor", () => {
  it("waits for a URL, writes the child's lines to its log and lets it end well", async () => {
    const port = await freePort("127.0.0.1");
    const script = `${END_WELL} console.log("hello");
      require("node:http").createServer((_, res) => res.end("ok")).listen(${port}, "127.0.0.1")`;
    const supervisor = create();
    await supervisor.startStage([
      node("server", script, { ready: { kind: "url", url: `http://127.0.0.1:${port}/readyz` } }),
    ]);
    expect((await fetch(`http://127.0.0.1:${port}`)).status).toBe(200);
    await supervisor.stop();
    expect(await readFile(logPath(dataDir, "server"), "utf8")).toBe("hello\ndrained\n");
  });

  it("starts a killed child again, under the same name", async () => {
    const supervisor = create();
    await supervisor.startStage([node("worker", REPORT_READY + STAY)]);
    const killed = supervisor.pid("worker");
    process.kill(killed ?? 0, "SIGKILL");
    await until(() => said.includes("worker is back"));
    expect(supervisor.pid("worker")).not.toBe(killed);
    expect(said[0]).toBe("worker ended unasked (signal SIGKILL); starting it again in 0.5 s");
  });

  it("gives up a child that never starts, with its last lines and where the rest is", async () => {
    const supervisor = create();
    const failing = node("gateway", 'console.error("no such table"); process.exit(3)');
    await expect(supervisor.startStage([failing])).rejects.toMatchObject({
      message: expect.stringMatching(/gateway ended with exit code 3\.\n {4}no such table/),
      fix: "Its whole log is logs/gateway.log below DATA_DIR.",
    });
  });

  it("gives up a child that stays silent", async () => {
    const supervisor = create();
    const silent = node("gateway", STAY, {
      readyWithinMs: 50,
      ready: { kind: "url", url: "http://127.0.0.1:1/readyz" },
    });
    await expect(supervisor.startStage([silent])).rejects.toThrow(
      "gateway did not answer http://127.0.0.1:1/readyz within 0.05 s.",
    );
  });

  it("shows progress and problems, and keeps the rest for the log", async () => {
    const script = `process.send({kind:"progress", text:"12 of 40 tenants"});
      console.log("all quiet"); console.error("RangeError: too far"); ${REPORT_READY} ${STAY}`;
    await create().startStage([node("demo", script)]);
    await until(() => said.length === 2);
    expect(said.toSorted()).toEqual(["demo: 12 of 40 tenants", "demo: RangeError: too far"]);
  });

  it("ends stages in reverse order", async () => {
    const order = join(dataDir, "order");
    const script = (name: string) =>
      `process.on("SIGTERM", () => { require("node:fs").appendFileSync(${JSON.stringify(order)}, "${name} "); process.exit() });${REPORT_READY}${STAY}`;
    const supervisor = create();
    await supervisor.startStage([node("sim", script("sim"))]);
    await supervisor.startStage([node("gateway", script("gateway"))]);
    await supervisor.stop();
    expect(await readFile(order, "utf8")).toBe("gateway sim ");
  });

  it("kills a child that ignores the request to end, with its own children", async () => {
    const stubborn = `process.on("SIGTERM", () => {});
      const child = require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(STAY)}]);
      console.log(child.pid); ${REPORT_READY} ${STAY}`;
    const supervisor = create(200);
    await supervisor.startStage([node("web", stubborn)]);
    const pids = [supervisor.pid("web"), Number(await readFile(logPath(dataDir, "web"), "utf8"))];
    expect(pids.every(alive)).toBe(true);
    await supervisor.stop();
    await until(() => !pids.some(alive));
  });
});

describe("after a supervisor was killed", () => {
  const startElsewhere = async (): Promise<ChildProcess> => {
    const script = join(dirname(fileURLToPath(import.meta.url)), "..", "testing", "supervise-child.ts");
    const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), script, dataDir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    return child;
  };
  const recorded = async (): Promise<number[]> =>
    JSON.parse(await readFile(processRecordPath(dataDir), "utf8")).children.map(({ pid }: { pid: number }) => pid);

  it("its children are ended by the next start", async () => {
    const other = await startElsewhere();
    const children = await recorded();
    other.kill("SIGKILL");
    await once(other, "exit");
    expect(children.length).toBe(1);
    expect(children.every(alive)).toBe(true);
    expect(await endLeftovers(processRecordPath(dataDir))).toEqual(["stayer"]);
    expect(children.some(alive)).toBe(false);
  });

  it("a start beside a running one is refused and touches nothing", async () => {
    const other = await startElsewhere();
    const children = await recorded();
    await expect(endLeftovers(processRecordPath(dataDir))).rejects.toThrow(`(process ${other.pid})`);
    expect(children.every(alive)).toBe(true);
    other.kill("SIGTERM");
    await once(other, "exit");
    await until(() => !children.some(alive));
  });
});

describe("openLogFile", () => {
  it("keeps one older file when the limit is reached", async () => {
    const path = join(dataDir, "logs", "a.log");
    const log = openLogFile(
      path,
      (error) => {
        throw error;
      },
      10,
    );
    for (const line of ["one", "two", "three"]) log.write(line);
    log.close();
    expect(await readFile(`${path}.1`, "utf8")).toBe("one\ntwo\n");
    expect(await readFile(path, "utf8")).toBe("three\n");
  });
});
