import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { AppError, errorText } from "../errors.ts";
import { eachLine, lastLines } from "../supervisor/lines.ts";
import { unlessAbsent } from "../system-code.ts";
import { type Cluster, giveAway, makeOwned } from "./cluster.ts";
import { explainFailure, failureText } from "./explain-failure.ts";
import { commandAs, POSTGRES_ENV, type RunAs } from "./run-as.ts";

/** The bootstrap superuser: used by the launcher only, never by the product. */
export const SUPERUSER = "postgres";

const MAJOR = "18";

const versionOf = async (dataPath: string): Promise<string | null> =>
  (await unlessAbsent(readFile(join(dataPath, "PG_VERSION"), "utf8")))?.trim() ?? null;

/** initdb (not the server) insists on a name for its user; containers often run under a bare number. */
const hasName = (): boolean => {
  try {
    return userInfo().username !== "";
  } catch {
    return false;
  }
};

const identityFor = (cluster: Cluster): RunAs =>
  cluster.runAs.kind === "self" && process.platform === "linux" && !hasName() ? { kind: "namespace" } : cluster.runAs;

const run = async (cluster: Cluster, args: string[], signal: AbortSignal): Promise<void> => {
  const command = commandAs(identityFor(cluster), join(cluster.installation.home, "bin", "initdb"), args);
  const child = spawn(command.file, command.args, {
    ...command.options,
    env: POSTGRES_ENV,
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  const lines = lastLines(12);
  eachLine(child.stdout, lines.push);
  eachLine(child.stderr, lines.push);
  const [code, killedBy] = await once(child, "close");
  if (code === 0) return;
  const failure = explainFailure(lines.all(), killedBy ? `signal ${killedBy}` : `exit code ${code}`);
  throw new AppError("unavailable", failureText("The database could not be created.", failure, lines.all()), {
    fix: failure.fix,
  });
};

/**
 * Creates the cluster's files unless they exist. They appear under their final name only when complete, so that a kill
 * half-way leaves nothing that looks like a database.
 * @param durable false = do not wait for the disk (throw-away databases of tests)
 * @returns true when they were created now
 */
export async function ensureInitialised(cluster: Cluster, durable: boolean, signal: AbortSignal): Promise<boolean> {
  const { dataPath } = cluster.record;
  const version = await versionOf(dataPath);
  if (version === MAJOR) return false;
  if (version !== null)
    throw new AppError("unavailable", `${dataPath} was made by Postgres ${version}; this is Postgres ${MAJOR}.`, {
      fix: `Dump it with Postgres ${version} and load the dump, or set DATA_DIR to another folder.`,
    });
  const draft = `${dataPath}.new`;
  const passwordFile = `${dataPath}.password`;
  await makeOwned(cluster, draft);
  await writeFile(passwordFile, cluster.credentials.superuser, { mode: 0o600 });
  try {
    await giveAway(cluster, passwordFile);
    await run(
      cluster,
      [
        `--pgdata=${draft}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
        ...(durable ? [] : ["--no-sync"]),
      ],
      signal,
    );
    await rename(draft, dataPath);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (signal.aborted) throw signal.reason;
    if (error instanceof AppError) throw error;
    throw new AppError("unavailable", `The database could not be created in ${dataPath}: ${errorText(error)}`, {
      fix: "Check that the disk has room and that the folder may be written.",
      cause: error,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
  return true;
}
