import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import { eachLine, lastLines } from "../supervisor/lines.ts";
import type { Cluster } from "./cluster.ts";
import { explainFailure, failureText } from "./explain-failure.ts";
import { commandAs, POSTGRES_ENV } from "./run-as.ts";

/** A postmaster that accepts connections. `exited` resolves once, whatever ended it. */
export type Server = { child: ChildProcess; pid: number; exited: Promise<string> };

/** Recovery after a crash reads the log written since the last checkpoint, which can take a while. */
const READY_WITHIN_MS = 300_000;
/** How long a start is repeated while the remains of an earlier one end. */
const RETRY_FOR_MS = 15_000;
const RETRY_EVERY_MS = 300;
const FAST_STOP_MS = 20_000;
const IMMEDIATE_STOP_MS = 5_000;

const DURABLE = { fsync: "on" } as const;
const THROW_AWAY = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_wal_size: "4GB",
  autovacuum: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
} as const;

const settings = (port: number, durable: boolean): Record<string, string> => ({
  listen_addresses: "127.0.0.1",
  port: String(port),
  unix_socket_directories: "",
  max_connections: "200",
  // Parallel workers share memory through /dev/shm, which containers often limit to 64 MB.
  max_parallel_workers_per_gather: "0",
  max_parallel_maintenance_workers: "0",
  lc_messages: "C",
  log_timezone: "UTC",
  timezone: "UTC",
  log_line_prefix: "%m [%p] ",
  ...(durable ? DURABLE : THROW_AWAY),
});

/** A time limit beside a running child; must not keep the process alive on its own. */
const limit = (ms: number) => new Promise<"late">((resolve) => setTimeout(resolve, ms, "late").unref());

type Attempt = { server: Server } | { lines: string[]; exit: string };

const launch = (cluster: Cluster, port: number, durable: boolean): ChildProcess => {
  const options = Object.entries(settings(port, durable)).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const binary = join(cluster.installation.home, "bin", "postgres");
  const command = commandAs(cluster.runAs, binary, ["-D", cluster.record.dataPath, ...options]);
  return spawn(command.file, command.args, {
    ...command.options,
    env: POSTGRES_ENV,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a Ctrl-C in the terminal reaches us only; the database stops last
  });
};

const attempt = async (
  cluster: Cluster,
  port: number,
  durable: boolean,
  onLine: (line: string) => void,
): Promise<Attempt> => {
  const child = launch(cluster, port, durable);
  const lines = lastLines(12);
  const ready = new Promise<"ready">((resolve) => {
    const see = (line: string) => {
      lines.push(line);
      onLine(line);
      if (line.includes("database system is ready to accept connections")) resolve("ready");
    };
    if (child.stdout) eachLine(child.stdout, see);
    if (child.stderr) eachLine(child.stderr, see);
  });
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  const first = await Promise.race([ready, exited, limit(READY_WITHIN_MS)]);
  if (first === "ready" && child.pid !== undefined) return { server: { child, pid: child.pid, exited } };
  if (first === "late") child.kill("SIGKILL");
  return { lines: lines.all(), exit: first === "late" ? `no answer within ${READY_WITHIN_MS / 1000} s` : first };
};

/**
 * Starts the postmaster and waits until it accepts connections. A start that only meets the remains of an earlier one
 * is repeated for 15 s.
 * @throws AppError with the cause, the last lines of the log and what to do
 */
export async function startServer(
  cluster: Cluster,
  port: number,
  options: { durable: boolean; onLine: (line: string) => void; signal: AbortSignal },
): Promise<Server> {
  const deadline = Date.now() + RETRY_FOR_MS;
  for (;;) {
    options.signal.throwIfAborted();
    const result = await attempt(cluster, port, options.durable, options.onLine);
    if ("server" in result) return result.server;
    const failure = explainFailure(result.lines, result.exit);
    if (!failure.retry || Date.now() > deadline)
      throw new AppError("unavailable", failureText("Postgres cannot start.", failure, result.lines), {
        fix: failure.fix,
      });
    await new Promise((resolve) => setTimeout(resolve, RETRY_EVERY_MS));
  }
}

/** Ends a postmaster: fast (clients are cut off, data is checkpointed), then immediate, then by force. */
export async function stopServer(server: Server): Promise<void> {
  for (const [signal, ms] of [
    ["SIGINT", FAST_STOP_MS],
    ["SIGQUIT", IMMEDIATE_STOP_MS],
  ] as const) {
    server.child.kill(signal);
    if ((await Promise.race([server.exited, limit(ms)])) !== "late") return;
  }
  server.child.kill("SIGKILL");
  if (server.child.exitCode === null && server.child.signalCode === null) await once(server.child, "exit");
}
