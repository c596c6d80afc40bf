import { readFileSync } from "node:fs";
import { join } from "node:path";
import { product } from "./product.ts";

/** Process id of a running program, as the supervisor recorded it; undefined while it is started again. */
export function pidNow(name: string): number | undefined {
  const record: { children: { name: string; pid: number }[] } = JSON.parse(
    readFileSync(join(product().dataDir, "processes.json"), "utf8"),
  );
  return record.children.find((child) => child.name === name)?.pid;
}

/** @throws Error when it does not run */
export function pidOf(name: string): number {
  const pid = pidNow(name);
  if (pid === undefined) throw new Error(`${name} is not running`);
  return pid;
}

/**
 * Holds a program still, as one that hangs: it is there, so the supervisor does not start it again. It goes on afterwards,
 * whatever was found meanwhile.
 */
export async function whileHanging(name: string, act: () => Promise<void>): Promise<void> {
  const pid = pidOf(name);
  process.kill(pid, "SIGSTOP");
  try {
    await act();
  } finally {
    process.kill(pid, "SIGCONT");
  }
}
