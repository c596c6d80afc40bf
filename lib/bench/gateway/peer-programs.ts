import { execFile } from "node:child_process";
import { access, constants, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { rawEnv } from "#lib/platform/env.ts";
import { projectRoot } from "#lib/platform/project-root.ts";

const run = promisify(execFile);

/** Outside the lockfile, and gone with `node_modules`. */
export const CACHE = join(projectRoot(), "node_modules", ".cache", "switchyard-bench");
const DEBIAN_PACKAGES = ["nginx", "wrk", "libluajit-5.1-2"];
const PORTKEY = "@portkey-ai/gateway@1.15.2";
const LITELLM = "litellm[proxy]==1.106.12";

/** Programs that are not part of the product; null = not here. */
export type PeerPrograms = {
  nginx: string | null;
  wrk: string | null;
  taskset: string | null;
  /** The module that starts Portkey's open gateway. */
  portkey: string | null;
  /** LiteLLM's command. */
  litellm: string | null;
  /** Where the Debian packages' libraries lie. */
  libraries: string;
};

/**
 * Finds the programs on this machine and among those that were fetched before.
 * @param fetch brings what is missing: Debian packages without installing them, an npm and a PyPI package
 */
export async function findPeers(fetch: boolean, say: (line: string) => void): Promise<PeerPrograms> {
  const debian = join(CACHE, "debian");
  const libraries = join(debian, "usr", "lib");
  let found = await find(debian);
  if (fetch && (found.nginx === null || found.wrk === null)) {
    await fetchDebian(debian, DEBIAN_PACKAGES).catch((error) =>
      say(`nginx and wrk could not be fetched: ${firstLine(error)}`),
    );
    found = { ...found, ...(await find(debian)) };
  }
  if (fetch && found.portkey === null) {
    await fetchFromNpm("portkey", PORTKEY).catch((error) => say(`Portkey could not be fetched: ${firstLine(error)}`));
    found = await find(debian);
  }
  if (fetch && found.litellm === null) {
    await fetchFromPypi("litellm", LITELLM).catch((error) => say(`LiteLLM could not be fetched: ${firstLine(error)}`));
    found = await find(debian);
  }
  return { ...found, libraries: await multiarch(libraries) };
}

async function find(debian: string) {
  return {
    nginx: await firstOf("nginx", [join(debian, "usr", "sbin")]),
    wrk: await firstOf("wrk", [join(debian, "usr", "bin")]),
    taskset: await firstOf("taskset", []),
    portkey: await present(join(CACHE, "portkey/node_modules/@portkey-ai/gateway/build/start-server.js")),
    litellm: await present(join(CACHE, "litellm/bin/litellm"), constants.X_OK),
  };
}

/** On PATH, where Debian puts servers, or among what was fetched. */
export async function firstOf(name: string, folders: readonly string[]): Promise<string | null> {
  const path = (rawEnv("PATH") ?? "").split(":");
  for (const folder of [...path, "/usr/sbin", ...folders]) {
    const found = await present(join(folder, name), constants.X_OK);
    if (found !== null) return found;
  }
  return null;
}

export const present = (path: string, mode = constants.R_OK): Promise<string | null> =>
  access(path, mode).then(
    () => path,
    () => null,
  );

/** Needs apt's lists, not its rights: the packages are unpacked, not installed. */
export async function fetchDebian(folder: string, packages: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await run("apt-get", ["download", ...packages], { cwd: folder });
  for (const file of await readdir(folder))
    if (file.endsWith(".deb")) await run("dpkg", ["-x", join(folder, file), folder]);
}

/** Install scripts are not run: Portkey's only patches what the bench does not use. @returns where it lies */
export async function fetchFromNpm(name: string, spec: string): Promise<string> {
  const folder = join(CACHE, name);
  await mkdir(folder, { recursive: true });
  await run("npm", ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", spec]);
  return folder;
}

/** Into a Python environment of its own. */
async function fetchFromPypi(name: string, spec: string): Promise<void> {
  const folder = join(CACHE, name);
  await run("python3", ["-m", "venv", folder]);
  await run(join(folder, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", spec]);
}

/** Debian keeps libraries in a folder named by the architecture. */
async function multiarch(libraries: string): Promise<string> {
  const [first = ""] = await readdir(libraries).catch(() => [] as string[]);
  return join(libraries, first);
}

export const firstLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split("\n")[0] ?? "";
