import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { type Prisma, PrismaClient } from "#prisma/generated/client.ts";
import type { Log } from "./log.ts";
import { PLATFORM_ROLE, TENANT_ROLE } from "./roles.ts";
import type { Scope } from "./scope.ts";

/** A client bound to a scope. Store functions take one; there is no other way to reach the catalog. */
export type Tx = {
  readonly client: Prisma.TransactionClient;
  readonly scope: Scope;
  /** It is a transaction, whose connection takes one statement at a time: see `together`. */
  readonly hasOneConnection: boolean;
};

/** Channels of `pg_notify`, raised by triggers in the migrations. */
export type Channel = "switchyard_routing" | "switchyard_work";

export type BulkValue = string | number | Buffer | null;

export type Database = {
  /** Reads. A tenant scope opens a short transaction for its role; the platform scope needs none. */
  read<T>(scope: Scope, query: (tx: Tx) => Promise<T>): Promise<T>;
  /** All or nothing. Never call anything outside Postgres in here. */
  write<T>(scope: Scope, change: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * One statement past Prisma, as the platform: for batches, which cost this process more there than the rows themselves.
   * Prepared once a connection, under `name`. @returns rows that it wrote
   */
  bulk(statement: { name: string; text: string }, values: readonly BulkValue[]): Promise<number>;
  /** Calls back on every notification, and once after each reconnect, since some may have been missed. */
  listen(channel: Channel, onNotify: (payload: string) => void): () => Promise<void>;
  /** True when the database answers. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
};

const enter = async (client: Prisma.TransactionClient, scope: Scope): Promise<void> => {
  if (scope.kind === "platform") return;
  await client.$executeRaw`
    SELECT set_config('role', ${TENANT_ROLE}, true), set_config('switchyard.tenant_id', ${scope.tenantId}, true)`;
};

/**
 * Opens the catalog. Every connection starts as the platform role; a tenant scope drops to the tenant role for the
 * length of one transaction.
 * @param poolSize connections this process may hold
 */
export function openDatabase(url: string, log: Log, poolSize = 10): Database {
  const options = `-c role=${PLATFORM_ROLE} -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000`;
  const adapter = new PrismaPg({ connectionString: url, max: poolSize, options });
  const bulk = openBulk({ connectionString: url, options }, log);
  const prisma = new PrismaClient({ adapter, transactionOptions: { maxWait: 10_000, timeout: 30_000 } });
  const transaction = <T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> =>
    prisma.$transaction(async (client) => {
      await enter(client, scope);
      return work({ client, scope, hasOneConnection: true });
    });
  return {
    read: (scope, query) =>
      scope.kind === "platform" ? query({ client: prisma, scope, hasOneConnection: false }) : transaction(scope, query),
    write: transaction,
    bulk: bulk.run,
    listen: (channel, onNotify) => listenForever(url, channel, onNotify, log),
    ping: () =>
      prisma.$queryRaw`SELECT 1`.then(
        () => true,
        () => false,
      ),
    async close() {
      await bulk.close();
      await prisma.$disconnect();
    },
  };
}

/** A connection of its own, opened when it is first needed and let go when it is not for a while. */
function openBulk(config: pg.PoolConfig, log: Log) {
  const pool = new pg.Pool({ ...config, max: 1, keepAlive: true });
  // a connection that breaks while nobody uses it; the next statement opens another
  pool.on("error", (error) => log.warn("bulk connection lost", { error: error.message }));
  return {
    async run(statement: { name: string; text: string }, values: readonly BulkValue[]): Promise<number> {
      const { rowCount } = await pool.query({ ...statement, values: [...values] });
      return rowCount ?? 0;
    },
    close: () => pool.end(),
  };
}

/** One dedicated connection that comes back by itself; returns the function that ends it. */
function listenForever(url: string, channel: Channel, onNotify: (payload: string) => void, log: Log) {
  let stopped = false;
  let current: pg.Client | null = null;
  let retry: NodeJS.Timeout | undefined;
  const connect = async (): Promise<void> => {
    if (stopped) return;
    const client = new pg.Client({ connectionString: url, keepAlive: true });
    current = client;
    const again = (error?: Error) => {
      if (stopped || current !== client) return;
      current = null;
      log.warn("listener lost its connection", { channel, error: error?.message });
      client.end().catch(() => {}); // already broken: there is nothing left to close
      retry = setTimeout(connect, 1000);
    };
    client.on("notification", (message) => onNotify(message.payload ?? ""));
    client.on("error", again);
    client.on("end", () => again());
    try {
      await client.connect();
      await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
      onNotify("");
    } catch (error) {
      again(error instanceof Error ? error : undefined);
    }
  };
  void connect();
  return async () => {
    stopped = true;
    clearTimeout(retry);
    await current?.end();
  };
}
