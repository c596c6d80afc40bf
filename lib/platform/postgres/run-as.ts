import { execFile } from "node:child_process";
import { lstat, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { AppError } from "../errors.ts";

/**
 * Under which identity Postgres runs; it refuses to run as root.
 * - `self`: we are an ordinary user already.
 * - `namespace`: root in a user namespace in which it is `nobody`; files stay owned by root, private homes stay readable.
 * - `user`: another user of the system, who must be able to reach the binaries and the data.
 */
export type RunAs = { kind: "self" } | { kind: "namespace" } | { kind: "user"; uid: number; gid: number };

export type Command = { file: string; args: string[]; options: { uid?: number; gid?: number; cwd?: string } };

const NOBODY = 65_534;

/** Postgres must not see settings of other Postgres tools (`PGPORT`, `PGOPTIONS`) or a translated message catalogue. */
export const POSTGRES_ENV: NodeJS.ProcessEnv = {
  NODE_ENV: "production", // Next's types demand it of every environment; Postgres does not look at it
  LC_ALL: "C",
  TZ: "UTC",
  PATH: "/usr/local/bin:/usr/bin:/bin",
};

/** How to start `file args` under an identity. */
export function commandAs(runAs: RunAs, file: string, args: readonly string[]): Command {
  switch (runAs.kind) {
    case "self":
      return { file, args: [...args], options: {} };
    case "namespace": {
      const map = [`--map-user=${NOBODY}`, `--map-group=${NOBODY}`];
      return { file: "unshare", args: ["--user", ...map, "--", file, ...args], options: { cwd: "/" } };
    }
    case "user":
      return { file, args: [...args], options: { uid: runAs.uid, gid: runAs.gid, cwd: "/" } };
    default:
      return runAs satisfies never;
  }
}

/** Does `file --version` run under that identity? Says why not. */
export async function tryRun(runAs: RunAs, file: string): Promise<{ ok: true } | { ok: false; reason: string }> {
  const command = commandAs(runAs, file, ["--version"]);
  try {
    await promisify(execFile)(command.file, command.args, { ...command.options, env: POSTGRES_ENV, timeout: 20_000 });
    return { ok: true };
  } catch (error) {
    const stderr = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    return { ok: false, reason: stderr || (error instanceof Error ? error.message : String(error)) };
  }
}

/** May that user walk down to `path`? Only owner and "others" bits count, as for a user without groups. */
export async function canReach(uid: number, path: string): Promise<boolean> {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const info = await stat(folder);
    const bit = info.uid === uid ? 0o100 : 0o001;
    if ((info.mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Owner of an existing path, or null. */
export const ownerOf = (path: string): Promise<{ uid: number; gid: number } | null> =>
  lstat(path).then(
    ({ uid, gid }) => ({ uid, gid }),
    () => null,
  );

/**
 * Chooses the identity for a data directory that has none yet.
 * @param home folder of the binaries
 */
export async function chooseRunAs(home: string, processUid: number | undefined): Promise<RunAs> {
  if (processUid !== 0) return { kind: "self" };
  if (process.platform === "linux" && (await tryRun({ kind: "namespace" }, join(home, "bin", "postgres"))).ok)
    return { kind: "namespace" };
  return nobody();
}

/** The user that owns nothing: 65534 on Linux, another number on macOS. */
export async function nobody(): Promise<RunAs & { kind: "user" }> {
  if (process.platform === "linux") return { kind: "user", uid: NOBODY, gid: NOBODY };
  const id = async (flag: string): Promise<number> =>
    Number((await promisify(execFile)("id", [flag, "nobody"])).stdout.trim()) | 0; // setuid takes a signed 32-bit number
  return { kind: "user", uid: await id("-u"), gid: await id("-g") };
}

/** @throws AppError when a data directory belongs to a user we are not and cannot become. */
export function assertMayUse(path: string, owner: { uid: number } | null, processUid: number | undefined): void {
  if (owner === null || processUid === undefined || processUid === 0 || owner.uid === processUid) return;
  throw new AppError("unavailable", `${path} belongs to another user (uid ${owner.uid}).`, {
    fix: `Start as that user, change the owner (chown -R ${processUid} on the data directory), or set DATA_DIR to another folder.`,
  });
}
