import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process that may outlive whoever noted it down: the start time tells it from a later one with the same id. */
export type ProcessIdentity = { pid: number; startedAt: string };

/** Field 22 of /proc/<pid>/stat counts after the name, which may itself contain spaces and parentheses. */
const linuxStart = (pid: number): string | null => {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return null; // no such process
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? null : (fields[19] ?? null);
};

const psStart = (pid: number): string | null => {
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || null;
  } catch {
    return null; // ps exits with 1 when there is no such process
  }
};

/** When a running process started, in the system's own notation; null when it is gone or only waits to be reaped. */
export const processStart = (pid: number): string | null =>
  process.platform === "linux" ? linuxStart(pid) : psStart(pid);

/** The identity of a live process, or null. */
export const identify = (pid: number): ProcessIdentity | null => {
  const startedAt = processStart(pid);
  return startedAt === null ? null : { pid, startedAt };
};

/** Is exactly that process still running? */
export const isAlive = (identity: ProcessIdentity): boolean => processStart(identity.pid) === identity.startedAt;
