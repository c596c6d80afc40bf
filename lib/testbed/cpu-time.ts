import { readFileSync } from "node:fs";

/** Linux counts a process's time in hundredths of a second, on every architecture. */
const TICKS_PER_SECOND = 100;
/** Of what follows the program's name in `/proc/<pid>/stat`: user and system time, its own and that of children that ended. */
const [FROM, UNTIL] = [11, 15];

/** Whether this machine tells the CPU time of other processes the way Linux does. */
export const hasCpuTimes = (): boolean => process.platform === "linux";

/**
 * Seconds of CPU that a process and its children have used so far, all their threads included. What a child used stays
 * counted when it ends (Postgres' connections come and go).
 * @throws Error when there is no such process
 */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const own = fields.slice(FROM, UNTIL).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return own + children.split(" ").reduce((sum, child) => (child === "" ? sum : sum + cpuSecondsOf(Number(child))), 0);
}

/** Memory that a process holds in RAM, in bytes. */
export function residentBytesOf(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) * 1024;
}
