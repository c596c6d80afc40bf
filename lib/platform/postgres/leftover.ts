import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import { isAlive, type ProcessIdentity, processStart } from "../supervisor/process-identity.ts";
import type { Cluster } from "./cluster.ts";

const STOP_WITHIN_MS = 20_000;

const commandLine = (pid: number): string => {
  try {
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return ""; // it ended meanwhile
  }
};

/** The postmaster that still runs on a data directory, or null. A stale `postmaster.pid` alone proves nothing. */
export function runningPostmaster(dataPath: string): number | null {
  let text: string;
  try {
    text = readFileSync(join(dataPath, "postmaster.pid"), "utf8");
  } catch {
    return null; // stopped cleanly
  }
  const pid = Number(text.split("\n")[0]);
  if (!Number.isInteger(pid) || pid <= 1 || processStart(pid) === null) return null;
  return commandLine(pid).includes(dataPath) ? pid : null;
}

/**
 * Deals with a Postgres that already runs on this data directory: one whose launcher lives is somebody's, one whose
 * launcher was killed is ended (cleanly), since nobody supervises it any more.
 * @throws AppError when another start of Switchyard uses the directory
 */
export async function endLeftover(cluster: Cluster, self: ProcessIdentity | null): Promise<number | null> {
  const pid = runningPostmaster(cluster.record.dataPath);
  if (pid === null) return null;
  const { launcher } = cluster.record;
  if (launcher && launcher.pid !== self?.pid && isAlive(launcher))
    throw new AppError("conflict", `Switchyard already runs on this data directory (process ${launcher.pid}).`, {
      fix: "Stop it first, or set DATA_DIR to another folder.",
    });
  process.kill(pid, "SIGINT");
  const deadline = Date.now() + STOP_WITHIN_MS;
  while (processStart(pid) !== null) {
    if (Date.now() > deadline)
      throw new AppError("unavailable", `A Postgres left over from an earlier start does not end (process ${pid}).`, {
        fix: `End it manually: kill -QUIT ${pid}.`,
      });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return pid;
}
