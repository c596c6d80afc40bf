import { execFile } from "node:child_process";
import { access, mkdir, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { childEnv, rawEnv } from "#lib/platform/env.ts";

/** How to start a Chromium: Playwright's own when `executablePath` is undefined. */
export type Browser = { executablePath?: string; args: string[]; env: Record<string, string> };

const SYSTEM = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const MAC = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

const run = promisify(execFile);

/** Does it start at all? Debian's wrapper, for one, exists without a browser behind it. */
const works = (path: string, env: Record<string, string> = {}): Promise<boolean> =>
  run(path, ["--version"], { env: childEnv(env), timeout: 20_000 }).then(
    ({ stdout }) => /\d+\.\d+/.test(stdout),
    () => false,
  );

/** The sandbox needs an ordinary user; /dev/shm is small in containers. */
const baseArgs = (): string[] => [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-dev-shm-usage"];

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Chromium from npm, unpacked once into a directory of ours that nobody else may write. Its own package unpacks into
 * whatever TMPDIR says, so a process of its own does that.
 */
async function unpackFromNpm(): Promise<Browser | null> {
  if (process.platform !== "linux" || process.arch !== "x64") return null;
  const manifest = new URL("../../node_modules/@sparticuz/chromium/package.json", import.meta.url);
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
  const home = join(tmpdir(), `switchyard-chromium-${version}-${process.getuid?.() ?? 0}`);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const { uid, mode } = await stat(home);
  if (uid !== process.getuid?.() || (mode & 0o077) !== 0)
    throw new Error(`${home} belongs to somebody else; remove it.`);
  const executablePath = join(home, "chromium");
  const libraries = join(home, "al2023", "lib");
  if (!(await exists(join(home, "complete")))) {
    const script = `import("@sparticuz/chromium").then(({ default: c }) => c.executablePath())
      .then(() => require("node:fs").writeFileSync(${JSON.stringify(join(home, "complete"))}, ""))`;
    const env = childEnv({ TMPDIR: home, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x" }); // so that it unpacks the libraries
    await run(process.execPath, ["-e", script], { cwd: dirname(import.meta.filename), env, timeout: 120_000 });
  }
  const fonts: Record<string, string> = (await exists("/etc/fonts/fonts.conf"))
    ? {}
    : { FONTCONFIG_PATH: join(home, "fonts") };
  for (const env of [fonts, { ...fonts, LD_LIBRARY_PATH: libraries }])
    if (await works(executablePath, env))
      return { executablePath, args: [...baseArgs(), "--no-zygote", "--headless=shell"], env };
  return null;
}

/**
 * Finds a Chromium for browser tests and benches: CHROMIUM_PATH, one of this system, the one from npm, Playwright's own
 * download; the first that starts.
 * @throws Error when CHROMIUM_PATH names one that does not start
 */
export async function findBrowser(): Promise<Browser> {
  const given = rawEnv("CHROMIUM_PATH");
  if (given !== undefined) {
    if (await works(given)) return { executablePath: given, args: baseArgs(), env: {} };
    throw new Error(`CHROMIUM_PATH is ${given}, which does not start.`);
  }
  for (const path of process.platform === "darwin" ? MAC : SYSTEM)
    if (await works(path)) return { executablePath: await absolute(path), args: baseArgs(), env: {} };
  return (await unpackFromNpm()) ?? { args: baseArgs(), env: {} };
}

/** Playwright wants a path, not a name. */
const absolute = async (command: string): Promise<string> =>
  command.startsWith("/") ? command : (await run("sh", ["-c", `command -v ${command}`])).stdout.trim();
