import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { silentLog } from "../log.ts";
import { canReach, commandAs, nobody } from "./run-as.ts";
import { type Postgres, type PostgresOptions, startPostgres } from "./start-postgres.ts";

const isRoot = process.getuid?.() === 0;
let dataDir: string;
let running: Postgres[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "switchyard-postgres-"));
});
afterEach(async () => {
  await Promise.all(running.map((postgres) => postgres.stop()));
  running = [];
  await rm(dataDir, { recursive: true, force: true });
});

const start = async (options: Partial<PostgresOptions> = {}): Promise<Postgres> => {
  const postgres = await startPostgres({ dataDir, log: silentLog, ...options });
  running.push(postgres);
  return postgres;
};

const query = async (url: string, sql: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {}); // the server dies under it in these tests; the query itself still rejects
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
};

const eventually = async <T>(attempt: () => Promise<T>, withinMs: number): Promise<T> => {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
};

const canConnect = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });

/** All on one data directory, as its owner's starts are: to create it costs more than all that is asked of it. */
describe("startPostgres", () => {
  let shared: string;
  beforeAll(async () => {
    shared = await mkdtemp(join(tmpdir(), "switchyard-postgres-"));
  });
  afterAll(() => rm(shared, { recursive: true, force: true }));
  const startShared = (options: Partial<PostgresOptions> = {}) => start({ dataDir: shared, ...options });

  it("keeps port and data from start to start, and stops cleanly", async () => {
    const first = await startShared();
    await query(first.url, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)");
    await first.stop();
    expect(await canConnect("127.0.0.1", first.port)).toBe(false);
    const lines: string[] = [];
    const second = await startShared({ onLine: (line) => lines.push(line) });
    expect(second.url).toBe(first.url);
    expect(await query(second.url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
    expect(lines.join("\n")).not.toContain("recovery"); // the stop was a clean one
  });

  it("comes back by itself after kill -9, with every committed row", async () => {
    const postgres = await startShared();
    await query(postgres.url, "CREATE TABLE committed (n int); INSERT INTO committed SELECT generate_series(1, 1000)");
    const killed = postgres.pid();
    if (killed === null) throw new Error("no process");
    process.kill(killed, "SIGKILL");
    const rows = await eventually(async () => {
      expect(postgres.pid()).not.toBe(killed);
      return query(postgres.url, "SELECT count(*)::int AS n FROM committed");
    }, 20_000);
    expect(rows).toEqual([{ n: 1000 }]);
  });

  it("listens on 127.0.0.1 only, and wants the password", async () => {
    const { url, port } = await startShared();
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter((address) => address.address !== "127.0.0.1" && !address.address.startsWith("fe80"));
    for (const { address } of others) expect(await canConnect(address, port)).toBe(false);
    expect(await canConnect("127.0.0.1", port)).toBe(true);
    const guess = new URL(url);
    guess.password = "wrong";
    await expect(query(guess.href, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
  });

  it("keeps its passwords in a file that only the owner reads", async () => {
    await startShared();
    const path = join(shared, "postgres", "credentials.json");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(path, "utf8")).login).toMatch(/^[0-9a-f]{48}$/);
  });

  it("moves to another port when its own is taken, keeping the data", async () => {
    const first = await startShared();
    await query(first.url, "CREATE TABLE moved (n int); INSERT INTO moved VALUES (7)");
    await first.stop();
    const squatter = createServer().listen(first.port, "127.0.0.1");
    try {
      const second = await startShared();
      expect(second.port).not.toBe(first.port);
      expect(await query(second.url, "SELECT n FROM moved")).toEqual([{ n: 7 }]);
    } finally {
      squatter.close();
    }
  });

  it("ends a start that was called off", async () => {
    const called = new AbortController();
    called.abort(new Error("called off"));
    await expect(startPostgres({ dataDir, log: silentLog, signal: called.signal })).rejects.toThrow("called off");
  });
});

const script = join(dirname(fileURLToPath(import.meta.url)), "..", "testing", "start-postgres-child.ts");
const tsx = import.meta.resolve("tsx");

/** Runs start, query, stop in a process of another identity; prints what it saw. */
const startInChild = async (): Promise<{ uid: number; runAs: string; sum: number }> => {
  const someone = await nobody();
  const reachable = (await canReach(someone.uid, process.execPath)) && (await canReach(someone.uid, script));
  const runAs = !isRoot ? ({ kind: "self" } as const) : reachable ? someone : ({ kind: "namespace" } as const);
  if (runAs.kind === "user") await chown(dataDir, runAs.uid, runAs.gid);
  const command = commandAs(runAs, process.execPath, ["--import", tsx, script, dataDir]);
  const { stdout } = await promisify(execFile)(command.file, command.args, { ...command.options, timeout: 60_000 });
  return JSON.parse(stdout);
};

/** Another process that starts it and stays; resolves when its server is up. */
const startAndStay = async (): Promise<ChildProcess> => {
  const child = spawn(process.execPath, ["--import", tsx, script, dataDir, "stay"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
};

describe("two starts on one data directory", () => {
  it("refuses the second and names the process of the first; once that was killed, ends its server and goes on with its data", async () => {
    const other = await startAndStay();
    await expect(start()).rejects.toThrow(`already runs on this data directory (process ${other.pid})`);
    other.kill("SIGKILL");
    await once(other, "exit");
    const postgres = await start();
    expect(await query(postgres.url, "SELECT n FROM stayed")).toEqual([{ n: 1 }]);
  });
});

describe("identities", () => {
  it("an ordinary user starts it as itself", async () => {
    const seen = await startInChild();
    expect(seen.uid).not.toBe(0);
    expect(seen).toMatchObject({ runAs: "self", sum: 3 });
  });

  it("root never runs it as root, and the identity of a data directory stays", async () => {
    const first = await start();
    expect(await query(first.url, "SELECT 1 + 2 AS sum")).toEqual([{ sum: 3 }]);
    const record = async () => JSON.parse(await readFile(join(dataDir, "postgres", "launcher.json"), "utf8"));
    const { runAs } = await record();
    expect(isRoot ? ["namespace", "user"] : ["self"]).toContain(runAs.kind);
    await first.stop();
    // A wish for another identity changes nothing once the data exist.
    await start({ placement: { runAs: { kind: "user", uid: 12_345, gid: 12_345 } } });
    expect((await record()).runAs).toEqual(runAs);
  });

  it("root can run it as another user, with data outside a folder that user cannot enter", async () => {
    const outside = await mkdtemp(join(tmpdir(), "switchyard-outside-"));
    try {
      // An ordinary user cannot become another one: for it the same call proves that it stays itself.
      const runAs = isRoot ? await nobody() : ({ kind: "self" } as const);
      await chmod(outside, 0o711);
      const postgres = await start({ placement: { runAs, outside } });
      expect(await query(postgres.url, "SELECT 1 + 2 AS sum")).toEqual([{ sum: 3 }]);
      const { dataPath } = JSON.parse(await readFile(join(dataDir, "postgres", "launcher.json"), "utf8"));
      expect(dataPath.startsWith(isRoot ? outside : dataDir)).toBe(true);
      expect((await stat(dataPath)).uid).toBe(runAs.kind === "user" ? runAs.uid : process.getuid?.());
      await postgres.stop();
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });
});
