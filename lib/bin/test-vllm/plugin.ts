import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, stat } from "node:fs/promises";
import { join } from "node:path";
import { childEnv } from "#lib/platform/env.ts";
import { ROOT } from "../launch/root.ts";
import type { Counts } from "../test/count-results.ts";
import type { VllmInstall } from "./start-vllm.ts";

const FOLDER = join(ROOT, "vllm-plugin");
const isThere = async (path: string): Promise<boolean> => (await stat(path).catch(() => null)) !== null;

/**
 * Installs Switchyard's plugin into a directory of its own, so that the virtual environment stays that of the pins.
 * @returns what an engine needs to load it; nothing when there is no plugin here
 * @throws Error when it cannot be installed
 */
export async function installPlugin(python: string, root: string): Promise<Pick<VllmInstall, "env">> {
  if (!(await isThere(join(FOLDER, "pyproject.toml")))) return {};
  // pip leaves its build beside the sources.
  const copy = join(root, "plugin-source");
  await cp(FOLDER, copy, { recursive: true });
  const site = join(root, "plugin-site");
  const { code, output } = await runPython(python, [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--no-deps",
    "--target",
    site,
    copy,
  ]);
  if (code !== 0) throw new Error(`The plugin could not be installed:\n${output}`);
  return { env: { PYTHONPATH: site } };
}

/** Runs the plugin's own tests; they need nothing but Python. */
export async function runPluginTests(python: string, print: (line: string) => void): Promise<Counts> {
  if (!(await isThere(join(FOLDER, "tests")))) {
    print("The plugin's tests: none here");
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const { code, output } = await runPython(python, [
    "-m",
    "unittest",
    "discover",
    "-s",
    join(FOLDER, "tests"),
    "-t",
    FOLDER,
  ]);
  const counts = countUnittest(output, code === 0);
  if (counts.failed > 0) print(output);
  print(`The plugin's tests: ${counts.passed} passed, ${counts.failed} failed`);
  return counts;
}

/** Counts what Python's unittest printed last; a run that ended badly without a failing test counts as one failure. */
export function countUnittest(output: string, endedWell: boolean): Counts {
  const ran = Number(/^Ran (\d+) tests? in /m.exec(output)?.[1] ?? 0);
  const [, last = ""] = /^(?:OK|FAILED)(?: \((.*)\))?\s*$/m.exec(output) ?? [];
  const of = (what: string) => Number(new RegExp(`(?:^|, )${what}=(\\d+)`).exec(last)?.[1] ?? 0);
  const failed = of("failures") + of("errors") + of("unexpected successes");
  const skipped = of("skipped");
  return { passed: Math.max(0, ran - failed - skipped), failed: failed === 0 && !endedWell ? 1 : failed, skipped };
}

async function runPython(python: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(python, args, {
    cwd: ROOT,
    env: childEnv({ PYTHONDONTWRITEBYTECODE: "1" }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output: Buffer.concat(chunks).toString("utf8") };
}
