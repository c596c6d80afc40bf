import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { AppError } from "#lib/platform/errors.ts";
import { processHolder } from "#lib/platform/lease.ts";
import { isAbsent, systemCode, unlessAbsent } from "#lib/platform/system-code.ts";

/** Where one file of a draft arrives. */
export type FilePlace = { directory: string; name: string };

/**
 * What stands on disk of it; disk is the truth, whatever the catalog or another process remembers.
 * resting: some bytes, nobody writes. claimed: somebody appends right now, or died while doing so.
 */
export type OnDisk =
  | { state: "absent"; bytes: 0 }
  | { state: "resting" | "whole"; bytes: number }
  | { state: "claimed"; bytes: number; path: string; holder: string; idleMs: number };

/** A writer that has not written for this long may be replaced; while bytes come in, it writes far more often. */
export const CLAIM_STALE_MS = 15_000;

export const wholePath = ({ directory, name }: FilePlace): string => join(directory, name);
export const restingPath = (place: FilePlace): string => `${wholePath(place)}.partial`;
const claimPath = (place: FilePlace, holder: string): string => `${restingPath(place)}-${holder}`;

export async function readOnDisk(place: FilePlace, now: Date): Promise<OnDisk> {
  const whole = await sizeOf(wholePath(place));
  if (whole) return { state: "whole", bytes: whole.bytes };
  const resting = await sizeOf(restingPath(place));
  if (resting) return { state: "resting", bytes: resting.bytes };
  for (const { path, holder } of await claimsOn(place)) {
    const found = await sizeOf(path);
    if (found) return { state: "claimed", bytes: found.bytes, path, holder, idleMs: now.getTime() - found.mtimeMs };
  }
  return { state: "absent", bytes: 0 };
}

async function sizeOf(path: string): Promise<{ bytes: number; mtimeMs: number } | null> {
  const found = await unlessAbsent(stat(path));
  return found === null ? null : { bytes: found.size, mtimeMs: found.mtimeMs };
}

async function claimsOn(place: FilePlace): Promise<{ path: string; holder: string }[]> {
  const prefix = `${place.name}.partial-`;
  const names = (await unlessAbsent(readdir(place.directory))) ?? [];
  return names
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ path: join(place.directory, name), holder: name.slice(prefix.length) }));
}

/** True when a claim holds nobody back: our own (its request is over), of a process that died, or long silent. */
export const isClaimOver = (found: { holder: string; idleMs: number }): boolean =>
  found.holder === processHolder || found.idleMs >= CLAIM_STALE_MS || hasDied(found.holder);

function hasDied(holder: string): boolean {
  const match = /^(.*)-(\d+)-[0-9a-f]+$/.exec(holder);
  if (match?.[1] !== hostname()) return false;
  try {
    process.kill(Number(match[2]), 0);
    return false;
  } catch (error) {
    return systemCode(error) === "ESRCH";
  }
}

/** The right to append, held by the name of the file: of all who want it, one rename succeeds. */
export type Claim = { handle: FileHandle; path: string; ino: number };

/**
 * Takes the right to append. A file that is claimed by another process that lives and writes stays with it.
 * @throws AppError `conflict` (`upload_locked`)
 */
export async function claimFile(place: FilePlace, now: Date): Promise<Claim> {
  await mkdir(place.directory, { recursive: true, mode: 0o700 });
  const path = claimPath(place, processHolder);
  const found = await readOnDisk(place, now);
  if (found.state === "claimed" && !isClaimOver(found)) throw locked(place.name);
  const isNew = found.state === "absent";
  try {
    if (isNew) await open(path, "wx", 0o600).then((handle) => handle.close());
    else await rename(found.state === "claimed" ? found.path : restingPath(place), path);
  } catch (error) {
    throw isAbsent(error) ? locked(place.name) : error;
  }
  // Two processes may both have begun at nothing: whoever sees the other's claim steps back.
  if (isNew && (await claimsOn(place)).length > 1) {
    await rm(path, { force: true });
    throw locked(place.name);
  }
  const handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  return { handle, path, ino: (await handle.stat()).ino };
}

/** False once another process took the file over, because this one had been silent for too long. */
export const stillOwns = ({ path, ino }: Claim): Promise<boolean> =>
  stat(path).then(
    (found) => found.ino === ino,
    () => false,
  );

/** Puts the file back to rest, for whoever sends the next bytes. @returns when its bytes were last written */
export async function releaseClaim(claim: Claim, place: FilePlace): Promise<number> {
  const { mtimeMs } = await claim.handle.stat();
  await claim.handle.close();
  await rename(claim.path, restingPath(place)).catch((error: unknown) => {
    if (!isAbsent(error)) throw error; // taken over: it is the other's to put back
  });
  return mtimeMs;
}

const locked = (name: string): AppError =>
  new AppError("conflict", `${name} is being received by another process right now.`, {
    reason: "upload_locked",
    fix: "Try again in a few seconds.",
    retryAfterSeconds: 2,
  });
