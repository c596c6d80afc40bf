import { execFile } from "node:child_process";
import { access, constants, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { rawEnv } from "#lib/platform/env.ts";
import { projectRoot } from "#lib/platform/project-root.ts";

/** Programs that are not part of the product, found on this machine or among those that were fetched before. */

const run = promisify(execFile);

/** Outside the lockfile, and gone with `node_modules`. */
export const CACHE = join(projectRoot(), "node_modules", ".cache", "switchyard-bench");
const DEBIAN = join(CACHE, "debian");
const PORTKEY = "@portkey-ai/gateway@1.15.2";
const LITELLM = "litellm[proxy]==1.106.12";

/** `peers`: whether what is missing is fetched. */
type Finding = { peers: boolean; log(line: string): void };

/** What stands beside the gateway; null = not here. */
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

export async function findPeers(finding: Finding): Promise<PeerPrograms> {
  const portkey = join(CACHE, "portkey/node_modules/@portkey-ai/gateway/build/start-server.js");
  const litellm = join(CACHE, "litellm/bin/litellm");
  const libraries = join(DEBIAN, "usr", "lib");
  const nginx = await findDebian("nginx", finding);
  const wrk = await findDebian("wrk", finding, ["wrk", "libluajit-5.1-2"]);
  const folders = await readdir(libraries).catch(() => [] as string[]);
  return {
    nginx,
    wrk,
    taskset: await firstOf("taskset", []),
    portkey: await orFetched("Portkey", finding, () => present(portkey), fetchFromNpm),
    litellm: await orFetched("LiteLLM", finding, () => present(litellm, constants.X_OK), fetchFromPypi),
    // Debian keeps them in a folder named by the architecture
    libraries: join(libraries, folders.find((name) => name.includes("-linux-")) ?? ""),
  };
}

/** @returns a program of Debian's; null = it is not here */
export const findDebian = (name: string, finding: Finding, packages = [name]): Promise<string | null> =>
  orFetched(
    name,
    finding,
    () => firstOf(name, [join(DEBIAN, "usr", "bin"), join(DEBIAN, "usr", "sbin")]),
    () => fetchDebian(DEBIAN, packages),
  );

async function orFetched(
  name: string,
  { peers, log }: Finding,
  find: () => Promise<string | null>,
  fetch: () => Promise<unknown>,
): Promise<string | null> {
  const found = await find();
  if (found !== null || !peers) return found;
  await fetch().catch((error) => log(`${name} could not be fetched: ${firstLine(error)}`));
  return find();
}

/** On PATH, where Debian puts servers, or in one of these folders. */
export async function firstOf(name: string, folders: readonly string[]): Promise<string | null> {
  const path = (rawEnv("PATH") ?? "").split(":");
  for (const folder of [...path, "/usr/sbin", ...folders]) {
    const found = await present(join(folder, name), constants.X_OK);
    if (found !== null) return found;
  }
  return null;
}

const present = (path: string, mode = constants.R_OK): Promise<string | null> =>
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

/** Install scripts are not run: Portkey's only patches what the bench does not use. */
async function fetchFromNpm(): Promise<void> {
  const folder = join(CACHE, "portkey");
  await mkdir(folder, { recursive: true });
  await run("npm", ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", PORTKEY]);
}

/** Into a Python environment of its own. */
async function fetchFromPypi(): Promise<void> {
  const folder = join(CACHE, "litellm");
  await run("python3", ["-m", "venv", folder]);
  await run(join(folder, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", LITELLM]);
}

export const firstLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split("\n")[0] ?? "";
