import { join } from "node:path";
import { buildDeps } from "#lib/api/deps.ts";
import { bootstrapAdmin } from "#lib/identity/bootstrap.ts";
import type { Env } from "#lib/platform/env.ts";
import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";
import { migrate } from "#lib/platform/migrate.ts";
import { type Postgres, startPostgres } from "#lib/platform/postgres/start-postgres.ts";
import { assertDiskSpace, diskWarning, freeBytes } from "#lib/platform/supervisor/disk.ts";
import { openLogFile } from "#lib/platform/supervisor/log-file.ts";
import { assertPortsFree } from "#lib/platform/supervisor/ports.ts";
import { endLeftovers } from "#lib/platform/supervisor/process-record.ts";
import { logPath, processRecordPath, Supervisor } from "#lib/platform/supervisor/supervisor.ts";
import { bundleWebFront, ensureBuilt } from "./build.ts";
import { childStages, type Mode, portClaims } from "./children.ts";
import { explainFailure } from "./explain-failure.ts";
import { type MachineSecrets, resolveSecrets } from "./machine-secrets.ts";
import { readyReport } from "./ready-report.ts";
import { ROOT } from "./root.ts";
import { listenForStop, Stopped } from "./shutdown.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

const DISK_CHECK_MS = 60_000;

export type LaunchOptions = {
  env: Env;
  mode: Mode;
  scenario: string;
  print: (line: string) => void;
  /** Called once, when everything answers. */
  onReady?: (secrets: MachineSecrets) => void;
};

type Run = LaunchOptions & { terminal: Terminal; stop: AbortController; closers: (() => Promise<void>)[] };

/** The embedded Postgres, unless DATABASE_URL names one; migrated either way. */
async function openCatalog(run: Run): Promise<string> {
  const { env, terminal, stop } = run;
  const log = openLogFile(logPath(env.dataDir, "postgres"), () => {}); // a full disk is reported by Postgres itself
  let postgres: Postgres | null = null;
  if (!env.DATABASE_URL)
    postgres = await startPostgres({
      dataDir: env.dataDir,
      log: terminalLog(terminal, "database"),
      onLine: log.write,
      signal: stop.signal,
      onLost: (error) => stop.abort(error),
    });
  run.closers.push(async () => {
    await postgres?.stop();
    log.close();
  });
  const url = env.DATABASE_URL ?? postgres?.url ?? "";
  const applied = await migrate(url, join(ROOT, "prisma", "migrations"));
  if (applied.length > 0) terminal.print(`database: applied ${applied.join(", ")}`);
  return url;
}

/** Makes sure somebody can sign in. */
async function ensureAdmin(env: Env, databaseUrl: string, secrets: MachineSecrets): Promise<void> {
  const deps = buildDeps(
    { ...env, DATABASE_URL: databaseUrl, SECRETS_KEY: secrets.secretsKey, LOG_LEVEL: "error" },
    "start",
  );
  try {
    await bootstrapAdmin(deps, {
      email: secrets.adminEmail,
      password: secrets.adminPassword,
      apiKey: secrets.adminApiKey,
    });
  } finally {
    await deps.db.close();
  }
}

/** Everything that can be known to be wrong before anything is started or built. */
async function checkMachine({ env, mode, terminal }: Run): Promise<MachineSecrets> {
  const secrets = await resolveSecrets(env);
  const ended = await endLeftovers(processRecordPath(env.dataDir));
  if (ended.length > 0) terminal.print(`ended what a killed start left running: ${ended.join(", ")}`);
  await assertPortsFree(portClaims(env, mode));
  await assertDiskSpace(env.dataDir);
  return secrets;
}

const watchDisk = ({ env, terminal, stop }: Run): void => {
  let warned = false;
  const checkDisk = async () => {
    const warning = diskWarning(await freeBytes(env.dataDir), env.dataDir);
    if (warning && !warned) terminal.print(warning);
    warned = warning !== null;
  };
  const timer = setInterval(() => {
    checkDisk().catch((error) => terminal.print(`free disk space cannot be read: ${errorText(error)}`));
  }, DISK_CHECK_MS);
  stop.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
};

/** Database and build side by side. When one fails, the other is called off and has ended before the error goes on. */
async function prepare(run: Run): Promise<string> {
  const { env, mode, terminal, stop } = run;
  const database = terminal.step("database", () => openCatalog(run));
  const build =
    mode === "dev"
      ? bundleWebFront(ROOT)
      : ensureBuilt({ root: ROOT, logPath: logPath(env.dataDir, "build"), terminal, signal: stop.signal });
  try {
    const [databaseUrl] = await Promise.all([database, build]);
    return databaseUrl;
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled([database, build]);
    throw error;
  }
}

async function bringUp(run: Run): Promise<void> {
  const { env, mode, scenario, terminal, stop } = run;
  const startedAt = performance.now();
  const secrets = await checkMachine(run);
  const supervisor = new Supervisor({ dataDir: env.dataDir, print: terminal.print });
  run.closers.push(() => supervisor.stop());
  process.once("exit", () => supervisor.kill());
  const databaseUrl = await prepare(run);
  await ensureAdmin(env, databaseUrl, secrets);
  const plan = { env, mode, root: ROOT, databaseUrl, secrets, scenario };
  for (const stage of childStages(plan)) {
    stop.signal.throwIfAborted();
    await terminal.step(stage.map(({ name }) => name).join(", "), () =>
      Promise.race([supervisor.startStage(stage), rejection(stop.signal)]),
    );
  }
  const seconds = (performance.now() - startedAt) / 1000;
  for (const line of readyReport({ env, mode, secrets, databaseUrl, seconds })) run.print(line);
  run.onReady?.(secrets);
  watchDisk(run);
}

/** Never resolves; rejects with the signal's reason. */
const rejection = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

/**
 * Starts everything and stays until a signal ends it. Whatever happens, what was started is ended: traffic, programs,
 * nodes, then the database.
 * @returns the exit code: 0 when it was asked to end, 1 when something is wrong (and was said)
 */
export async function launch(options: LaunchOptions): Promise<number> {
  const terminal = createTerminal(options.print, () => performance.now());
  const closers: Run["closers"] = [];
  const stop = listenForStop(
    () => terminal.print("stopping; press again to force it"),
    () => process.exit(130), // the "exit" handlers end what still runs
  );
  const run: Run = { ...options, terminal, stop, closers };
  let failure: unknown = null;
  try {
    await bringUp(run);
    await rejection(stop.signal);
  } catch (error) {
    if (!(error instanceof Stopped) && !(stop.signal.reason instanceof Stopped)) failure = error;
  }
  if (failure !== null) for (const line of explainFailure(failure)) options.print(line);
  stop.abort(failure ?? undefined);
  // In the order they were added: the programs first, the database last.
  for (const close of closers) await close().catch((error) => options.print(`while stopping: ${errorText(error)}`));
  terminal.print("stopped");
  return failure === null ? 0 : 1;
}

/** The launcher's own log: what matters is read by a person, so warnings and errors become lines at the terminal. */
function terminalLog(terminal: Terminal, name: string): Log {
  const show = (message: string, fields: Record<string, unknown> = {}) => {
    const details = Object.entries(fields).map(([key, value]) => `${key} ${String(value)}`);
    terminal.print(`${name}: ${message}${details.length > 0 ? ` (${details.join(", ")})` : ""}`);
  };
  return { debug: () => {}, info: () => {}, warn: show, error: show, child: () => terminalLog(terminal, name) };
}
