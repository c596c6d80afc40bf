import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { isAbsent } from "#lib/platform/system-code.ts";

const run = promisify(execFile);

/** Reads the file whole, hashes it in one call, and prints the SHA-256 and how long the call took. */
const IN_MEMORY = `
const bytes = require("node:fs").readFileSync(process.argv[1]);
const startedAt = process.hrtime.bigint();
const sha256 = require("node:crypto").createHash("sha256").update(bytes).digest("hex");
console.log(sha256, Number(process.hrtime.bigint() - startedAt) / 1e6);`;

export type PeerHash = { sha256: string; ms: number };

/** `createHash` on one buffer that is in memory already, in a process of its own: its memory is not ours. */
export async function hashInMemory(path: string): Promise<PeerHash> {
  const { stdout } = await run(process.execPath, ["-e", IN_MEMORY, path]);
  const [sha256 = "", ms] = stdout.trim().split(" ");
  return { sha256, ms: Number(ms) };
}

/** The command, with its start: a millisecond or two. @returns null where there is none */
export async function hashBySha256sum(path: string): Promise<PeerHash | null> {
  const startedAt = performance.now();
  try {
    const { stdout } = await run("sha256sum", [path]);
    return { sha256: stdout.slice(0, 64), ms: performance.now() - startedAt };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
