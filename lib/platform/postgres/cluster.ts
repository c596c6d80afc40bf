import { randomBytes, randomUUID } from "node:crypto";
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { AppError } from "../errors.ts";
import { unlessAbsent } from "../system-code.ts";
import { copyInstallation, findInstallation, type Installation } from "./installation.ts";
import { assertMayUse, canReach, chooseRunAs, ownerOf, type RunAs, tryRun } from "./run-as.ts";

const RecordSchema = z.object({
  runAs: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("self") }),
    z.object({ kind: z.literal("namespace") }),
    z.object({ kind: z.literal("user"), uid: z.int(), gid: z.int() }),
  ]),
  /** Where the files of Postgres lie: elsewhere than beside this record when its user cannot walk there. */
  dataPath: z.string(),
  port: z.int().nullable(),
  /** The process that last started it, to tell a second start from the remains of a killed one. */
  launcher: z.object({ pid: z.int(), startedAt: z.string() }).nullable(),
});
export type ClusterRecord = z.infer<typeof RecordSchema>;

const CredentialsSchema = z.object({ superuser: z.string().min(32), login: z.string().min(32) });
export type Credentials = z.infer<typeof CredentialsSchema>;

/** Everything needed to run one data directory: binaries, identity, place, passwords. */
export type Cluster = {
  folder: string;
  installation: Installation;
  runAs: RunAs;
  record: ClusterRecord;
  credentials: Credentials;
};

/** What only a new data directory asks: under which identity, and where data goes that its user could not reach. */
export type DataPlacement = { runAs?: RunAs; outside?: string };

/** Data of a root whose home Postgres' own user may not enter. */
const OUTSIDE = "/var/lib/switchyard";

const readJson = async <T>(path: string, schema: z.ZodType<T>): Promise<T | null> => {
  const text = await unlessAbsent(readFile(path, "utf8"));
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new AppError("unavailable", `${path} cannot be read as a record of the embedded Postgres.`, {
      fix: `Restore it from a backup, or remove ${dirname(path)} to begin with an empty database.`,
      cause: error,
    });
  }
};

/** Whole or not at all, readable by the owner of the folder only. */
const writePrivate = async (path: string, value: unknown): Promise<void> => {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  const owner = await ownerOf(dirname(path));
  if (process.getuid?.() === 0 && owner) await chown(draft, owner.uid, owner.gid);
  await rename(draft, path);
};

const recordPath = (folder: string) => join(folder, "launcher.json");

export async function saveRecord(cluster: Cluster, change: Partial<ClusterRecord>): Promise<void> {
  Object.assign(cluster.record, change);
  await writePrivate(recordPath(cluster.folder), cluster.record);
}

const readCredentials = async (folder: string): Promise<Credentials> => {
  const path = join(folder, "credentials.json");
  const known = await readJson(path, CredentialsSchema);
  if (known) return known;
  const made = { superuser: randomBytes(24).toString("hex"), login: randomBytes(24).toString("hex") };
  await writePrivate(path, made);
  return made;
};

const newRecord = async (
  folder: string,
  installation: Installation,
  { runAs: wanted, outside = OUTSIDE }: DataPlacement,
): Promise<ClusterRecord> => {
  const runAs = wanted ?? (await chooseRunAs(installation.home, process.getuid?.()));
  let dataPath = join(folder, "data");
  if (runAs.kind === "user") {
    if (await canReach(runAs.uid, folder)) await chmod(folder, 0o711);
    else dataPath = join(outside, randomBytes(6).toString("hex"), "data");
  }
  return { runAs, dataPath, port: null, launcher: null };
};

/** Root in a directory that an ordinary user made becomes that user; nothing else ever changes the identity. */
const identityNow = async (record: ClusterRecord, folder: string): Promise<RunAs> => {
  if (record.runAs.kind !== "self" || process.getuid?.() !== 0) return record.runAs;
  const owner = await ownerOf(folder);
  if (!owner || owner.uid === 0)
    throw new AppError("unavailable", `${folder} was made by an ordinary user and now belongs to root.`, {
      fix: `Give it back with chown -R, or remove ${folder} to begin with an empty database.`,
    });
  return { kind: "user", ...owner };
};

/** Binaries that this identity can run; a copy where the originals lie in a private home. */
const runnable = async (installation: Installation, runAs: RunAs, folder: string): Promise<Installation> => {
  const binary = (home: string) => join(home, "bin", "postgres");
  const first = await tryRun(runAs, binary(installation.home));
  if (first.ok) return installation;
  if (runAs.kind === "user") {
    const copied = await copyInstallation(installation);
    if ((await tryRun(runAs, binary(copied.home))).ok) return copied;
  }
  throw new AppError("unavailable", `The embedded Postgres does not run here: ${first.reason}`, {
    fix:
      runAs.kind === "namespace"
        ? `The data in ${folder} were made inside a user namespace, which this machine does not allow now. Allow user ` +
          `namespaces, or hand the data over: chown -R 65534:65534 the folder named by "dataPath" in ${recordPath(folder)} ` +
          'and set its "runAs" to {"kind": "user", "uid": 65534, "gid": 65534}.'
        : "It needs a system with glibc (not Alpine). Otherwise set DATABASE_URL to a Postgres 15 or newer.",
  });
};

/**
 * Finds or prepares what a data directory needs; the first call for it decides under which identity it runs, for good.
 * @param folder the embedded Postgres' own folder, made when absent
 */
export async function openCluster(folder: string, placement: DataPlacement): Promise<Cluster> {
  assertMayUse(folder, await ownerOf(folder), process.getuid?.());
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await findInstallation();
  const known = await readJson(recordPath(folder), RecordSchema);
  const record = known ?? (await newRecord(folder, found, placement));
  const runAs = await identityNow(record, folder);
  const installation = await runnable(found, runAs, folder);
  const cluster = { folder, installation, runAs, record, credentials: await readCredentials(folder) };
  if (!known) await saveRecord(cluster, {});
  return cluster;
}

/** An empty folder that belongs to the identity Postgres runs under. */
export async function makeOwned(cluster: Cluster, path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(dirname(path), { recursive: true, mode: 0o711 });
  await mkdir(path, { mode: 0o700 });
  await giveAway(cluster, path);
}

/** Hands a path of ours to the identity Postgres runs under. */
export async function giveAway(cluster: Cluster, path: string): Promise<void> {
  if (cluster.runAs.kind === "user") await chown(path, cluster.runAs.uid, cluster.runAs.gid);
}
