import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process that may outlive whoever noted it down: the start time tells it from a later one with the same id. */
export type ProcessIdentity = { pid: number; startedAt: string };

/** The fields of /proc/<pid>/stat from the third on: the second, a name, may hold spaces and parentheses itself. */
const linuxStat = (pid: number): string[] | null => {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return null; // no such process
  }
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
};

const linuxStart = (pid: number): string | null => {
  const fields = linuxStat(pid);
  return fields === null || fields[0] === "Z" ? null : (fields[19] ?? null);
};

const ps = (field: string, pid: number): string | null => {
  try {
    return execFileSync("ps", ["-o", `${field}=`, "-p", String(pid)], { encoding: "utf8" }).trim() || null;
  } catch {
    return null; // ps exits with 1 when there is no such process
  }
};

/** The parent of a running process; null when either is gone. */
export function parentOf(pid: number): number | null {
  const parent = Number(process.platform === "linux" ? linuxStat(pid)?.[1] : ps("ppid", pid));
  return Number.isInteger(parent) && parent > 0 ? parent : null;
}

/** When a running process started, in the system's own notation; null when it is gone or only waits to be reaped. */
export const processStart = (pid: number): string | null =>
  process.platform === "linux" ? linuxStart(pid) : ps("lstart", pid);

/** The identity of a live process, or null. */
export const identify = (pid: number): ProcessIdentity | null => {
  const startedAt = processStart(pid);
  return startedAt === null ? null : { pid, startedAt };
};

/** Is exactly that process still running? */
export const isAlive = (identity: ProcessIdentity): boolean => processStart(identity.pid) === identity.startedAt;
