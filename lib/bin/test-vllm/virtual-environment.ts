import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { childEnv } from "#lib/platform/env.ts";
import { ROOT } from "../launch/root.ts";

const run = promisify(execFile);

/** Git ignores it. */
const FOLDER = join(ROOT, ".venv-vllm");
const REQUIREMENTS = join(ROOT, "e2e", "fixtures", "requirements-vllm.txt");
/** Holds the hash of the requirements that were installed; written last. */
const STAMP = join(FOLDER, "switchyard-requirements.sha256");

const TORCH_INDEX = "https://download.pytorch.org/whl/cpu";
/** PyPI's own build of the same version wants CUDA's libraries and cannot be imported without them. */
const IS_CPU_TORCH = [
  "try:",
  "  import torch",
  "except (ImportError, OSError) as error:",
  `  raise SystemExit(f"This torch is no CPU build ({error}). Make ${TORCH_INDEX} reachable, or give pip a directory with the wheels in PIP_FIND_LINKS.")`,
].join("\n");

/** The lines of the requirements that come from PyTorch's own index. */
export const torchPins = (requirements: string): string[] => requirements.match(/^torch(vision)?==\S+$/gm) ?? [];

/** Of Python itself; 3.11 is what the pins were tried with. */
const CANDIDATES = ["python3.11", "python3.12", "python3.13", "python3", "python"];
const isUsable = ({ major, minor }: PythonVersion) => major === 3 && minor >= 11 && minor <= 13;
type PythonVersion = { major: number; minor: number };

/** @param output of `python --version` */
export function parsePythonVersion(output: string): PythonVersion | null {
  const match = /^Python (\d+)\.(\d+)/.exec(output.trim());
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : null;
}

/**
 * The first Python that vLLM's pins fit.
 * @throws Error that names what was found and what to do
 */
export async function findPython(
  versionOf: (command: string) => Promise<string> = askVersion,
  candidates: readonly string[] = CANDIDATES,
): Promise<string> {
  const found: string[] = [];
  for (const command of candidates) {
    const output = await versionOf(command).catch(() => null);
    if (output === null) continue;
    const version = parsePythonVersion(output);
    if (version !== null && isUsable(version)) return command;
    found.push(`${command} is ${output.trim()}`);
  }
  throw new Error(
    `No Python from 3.11 to 3.13 was found${found.length > 0 ? ` (${found.join(", ")})` : ""}. Install one, such as ` +
      `python3.11 with its venv module, or set VLLM_BASE_URL to a vLLM that runs already.`,
  );
}

async function askVersion(command: string): Promise<string> {
  const { stdout, stderr } = await run(command, ["--version"]);
  return stdout || stderr;
}

/**
 * The Python of `.venv-vllm`, built with the pinned packages where it is absent or was built of other pins.
 * Takes minutes and 2.4 GB the first time.
 * @throws Error when there is no usable Python or a package cannot be had
 */
export async function ensureVirtualEnvironment(print: (line: string) => void): Promise<string> {
  const python = join(FOLDER, "bin", "python");
  const pins = await readFile(REQUIREMENTS);
  const hash = createHash("sha256").update(pins).digest("hex");
  if ((await readFile(STAMP, "utf8").catch(() => null)) === hash) return python;
  const system = await findPython();
  print(`Building .venv-vllm with ${system}: about 2.4 GB, a few minutes`);
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  await command(system, ["-m", "venv", FOLDER]);
  const install = ["-m", "pip", "install", "--quiet", "--no-deps"];
  // Asked for two packages only, and once: a machine that cannot reach it would try 150 times five times.
  await command(python, [...install, "--retries", "0", "--extra-index-url", TORCH_INDEX, ...torchPins(String(pins))]);
  await command(python, [...install, "--requirement", REQUIREMENTS]);
  await command(python, ["-c", IS_CPU_TORCH]);
  await writeFile(STAMP, hash);
  return python;
}

/** Runs a program to its end with its output on the terminal. @throws Error when it fails */
async function command(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { cwd: ROOT, env: childEnv({}), stdio: ["ignore", "inherit", "inherit"] });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${program} ${args.slice(0, 3).join(" ")} ended with code ${code}.`);
}

/** Writes a model directory for the tiny Llama: the committed files and the weights that belong to them. */
export const writeBaseModel = (python: string, directory: string): Promise<void> =>
  command(python, [join(ROOT, "e2e", "fixtures", "make-fixtures.py"), "--base-weights", directory]);
