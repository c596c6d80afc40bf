import { join } from "node:path";
import pg from "pg";
import { AppError, errorText } from "../errors.ts";
import type { Log } from "../log.ts";
import { freePort, isPortFree } from "../supervisor/ports.ts";
import { identify } from "../supervisor/process-identity.ts";
import { type Cluster, type DataPlacement, openCluster, saveRecord } from "./cluster.ts";
import { ensureInitialised, SUPERUSER } from "./initdb.ts";
import { endLeftover } from "./leftover.ts";
import { type Server, startServer, stopServer } from "./server.ts";

/** Owns the catalog's database; may create databases and roles, nothing else. */
const LOGIN = "switchyard";
const DATABASE = "switchyard";

const RESTART_DELAYS_MS = [0, 500, 2_000, 5_000, 15_000];
/** A server that lived this long has recovered: the next failure starts again with the shortest delay. */
const STEADY_MS = 60_000;

export type Postgres = {
  /** Connection string of the product's login for its own database. */
  readonly url: string;
  readonly port: number;
  /** Process id of the postmaster; null while it is being restarted. */
  pid(): number | null;
  stop(): Promise<void>;
};

export type PostgresOptions = {
  /** The product's data directory; Postgres keeps to its `postgres` folder. */
  dataDir: string;
  log: Log;
  /** Every line of the server's log. */
  onLine?: (line: string) => void;
  /** Ends a start that is under way. */
  signal?: AbortSignal;
  /** false = throw-away data: no waiting for the disk. */
  durable?: boolean;
  /** Overrides what a new data directory would choose; an existing one keeps what it has. */
  placement?: DataPlacement;
  /** Told when the server died and could not be started again. */
  onLost?: (error: Error) => void;
};

const urlOf = (user: string, password: string, port: number, database: string): string =>
  `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;

const choosePort = async (cluster: Cluster, log: Log): Promise<number> => {
  const known = cluster.record.port;
  if (known !== null && (await isPortFree(known, "127.0.0.1"))) return known;
  const port = await freePort("127.0.0.1");
  if (known !== null) log.warn("embedded postgres moved: its port is taken", { from: known, to: port });
  return port;
};

/** The login and its database; the superuser is used for nothing else. */
const ensureDatabase = async (cluster: Cluster, port: number): Promise<void> => {
  const client = new pg.Client({
    connectionString: urlOf(SUPERUSER, cluster.credentials.superuser, port, "postgres"),
  });
  await client.connect();
  try {
    const roles = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [LOGIN]);
    if (roles.rowCount === 0) {
      const password = pg.escapeLiteral(cluster.credentials.login);
      await client.query(`CREATE ROLE ${LOGIN} LOGIN CREATEDB CREATEROLE PASSWORD ${password}`);
    }
    const databases = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
    if (databases.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE} OWNER ${LOGIN}`);
  } finally {
    await client.end();
  }
};

/** Starts the server again whenever it ends unasked, with growing delays. */
class KeptServer {
  private current: Server | null = null;
  private stopping = false;
  private readonly abort = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly start: (signal: AbortSignal) => Promise<Server>,
    private readonly options: PostgresOptions,
  ) {}

  async begin(): Promise<void> {
    const given = this.options.signal;
    const signal = given ? AbortSignal.any([given, this.abort.signal]) : this.abort.signal;
    const first = await this.start(signal);
    process.once("exit", this.endWithUs);
    this.loop = this.keep(first, signal);
  }

  pid(): number | null {
    return this.current?.pid ?? null;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (this.current) await stopServer(this.current);
    this.abort.abort(new Error("stopping"));
    await this.loop;
    process.removeListener("exit", this.endWithUs);
  }

  /** We are dying of something unforeseen: ask for a clean stop, which Postgres finishes alone. */
  private readonly endWithUs = (): void => {
    this.current?.child.kill("SIGINT");
  };

  private async keep(first: Server, signal: AbortSignal): Promise<void> {
    let server = first;
    let failures = 0;
    for (;;) {
      this.current = server;
      const since = Date.now();
      const exit = await server.exited;
      this.current = null;
      if (this.stopping) return;
      failures = Date.now() - since > STEADY_MS ? 1 : failures + 1;
      this.options.log.error("embedded postgres ended unasked; starting it again", { exit, pid: server.pid });
      await new Promise((resolve) => setTimeout(resolve, RESTART_DELAYS_MS[failures - 1] ?? 15_000));
      if (this.stopping) return;
      try {
        server = await this.start(signal);
        this.options.log.warn("embedded postgres is back", { pid: server.pid });
      } catch (error) {
        if (!this.stopping) this.options.onLost?.(error instanceof Error ? error : new Error(errorText(error)));
        return;
      }
    }
  }
}

/**
 * Starts the embedded Postgres on a data directory, creating it first if need be, and keeps it running until `stop`.
 * Listens on 127.0.0.1 only, on a port that stays the same from start to start, with passwords only we can read.
 * @throws AppError that says what is wrong and what to do: no binaries, disk full, already running, foreign files
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { dataDir, log, onLine = () => {}, durable = true } = options;
  const neverAborted = new AbortController().signal;
  const cluster = await openCluster(join(dataDir, "postgres"), options.placement ?? {});
  const self = identify(process.pid);
  const ended = await endLeftover(cluster, self);
  if (ended !== null) log.warn("ended a postgres left over from a killed start", { pid: ended });
  const created = await ensureInitialised(cluster, durable, options.signal ?? neverAborted);
  if (created) log.info("created the embedded postgres", { runAs: cluster.runAs.kind, data: cluster.record.dataPath });
  const port = await choosePort(cluster, log);
  await saveRecord(cluster, { port, launcher: self });
  const kept = new KeptServer((signal) => startServer(cluster, port, { durable, onLine, signal }), options);
  await kept.begin();
  try {
    await ensureDatabase(cluster, port);
  } catch (error) {
    await kept.stop();
    throw new AppError("unavailable", `Postgres runs but its database cannot be opened: ${errorText(error)}`, {
      fix: "Look into the postgres log below DATA_DIR/logs.",
      cause: error,
    });
  }
  return {
    url: urlOf(LOGIN, cluster.credentials.login, port, DATABASE),
    port,
    pid: () => kept.pid(),
    stop: async () => {
      await kept.stop();
      await saveRecord(cluster, { launcher: null });
    },
  };
}
