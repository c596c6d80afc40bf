import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type BuildOptions as BuildSettings, build as bundle, stop as endBundler } from "esbuild";
import { childEnv } from "#lib/platform/env.ts";
import { AppError } from "#lib/platform/errors.ts";
import { eachLine, lastLines } from "#lib/platform/supervisor/lines.ts";
import { openLogFile } from "#lib/platform/supervisor/log-file.ts";
import { type BuildProgress, createBuildProgress } from "./build-progress.ts";
import { sourceStamp } from "./source-stamp.ts";
import type { Terminal } from "./terminal.ts";

/** Programs bundled for production: name in `dist/` → entry. */
export const BUNDLES = {
  worker: "lib/bin/worker.ts",
  gateway: "lib/bin/gateway.ts",
  sim: "lib/bin/sim.ts",
  demo: "lib/bin/demo-driver.ts",
} as const;

const WEB_ENTRY = "lib/bin/web.ts";

/** A type error can be a screen long; the log has all of it. */
const MAX_SHOWN = 240;

export type BuildOptions = { root: string; logPath: string; terminal: Terminal; signal: AbortSignal };

const readText = (path: string): Promise<string | null> =>
  readFile(path, "utf8").then(
    (text) => text.trim(),
    () => null, // no stamp: not built
  );

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const isFresh = async (stampPath: string, stamp: string, result: string): Promise<boolean> =>
  (await readText(stampPath)) === stamp && (await exists(result));

/** Path of the Next command, run by our own Node. */
const nextCommand = (root: string): string => createRequire(join(root, "package.json")).resolve("next/dist/bin/next");

const buildWeb = async ({ root, logPath, signal }: BuildOptions, progress: BuildProgress): Promise<void> => {
  const log = openLogFile(logPath, () => {}); // a full disk shows as the build's own failure
  const lines = lastLines(30);
  const child = spawn(process.execPath, [nextCommand(root), "build"], {
    cwd: root,
    env: childEnv({ NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1", FORCE_COLOR: "0" }),
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  for (const stream of [child.stdout, child.stderr])
    eachLine(stream, (line) => {
      log.write(line);
      lines.push(line);
      progress.note(line);
    });
  try {
    const [code] = await once(child, "close");
    if (code === 0) return;
  } finally {
    log.close();
  }
  const shown = lines.all().map((line) => `    ${line.slice(0, MAX_SHOWN)}`);
  throw new AppError("internal", ["The console could not be built.", ...shown].join("\n"), {
    fix: `The whole log is ${logPath}.`,
  });
};

/** What every bundle has in common. */
const bundling = (root: string): BuildSettings => ({
  absWorkingDir: root,
  outdir: "dist",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  sourcemap: "linked",
  logLevel: "silent", // failures are thrown with their text
});

/**
 * The web front, with all that it needs but Next: it also runs beside Next's standalone output, which brings only what Next
 * itself found. Development runs this bundle too, for tsx would compile what Next compiled once more.
 */
export async function bundleWebFront(root: string): Promise<void> {
  await bundle({
    ...bundling(root),
    entryPoints: { web: WEB_ENTRY },
    external: ["next"],
    // CommonJS packages in a bundle that is a module still ask for Node's own by `require`
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  await endBundler(); // it would stay as a process of its own for as long as we run
}

const bundlePrograms = async (root: string): Promise<void> => {
  await bundle({ ...bundling(root), entryPoints: BUNDLES, packages: "external" });
  await bundleWebFront(root);
};

/**
 * Builds what is missing or older than the sources: the console with Next, the other programs with esbuild. An
 * unchanged checkout costs only the time to hash it.
 */
export async function ensureBuilt(options: BuildOptions): Promise<void> {
  const { root, terminal } = options;
  const stamp = await sourceStamp(root);
  const stamps = { web: join(root, ".next", "switchyard-stamp"), programs: join(root, "dist", "stamp") };
  const webFresh = await isFresh(stamps.web, stamp, join(root, ".next", "BUILD_ID"));
  const programsFresh = await isFresh(stamps.programs, stamp, join(root, "dist", "worker.js"));
  if (!programsFresh) {
    await mkdir(join(root, "dist"), { recursive: true });
    await rm(stamps.programs, { force: true });
    await terminal.step("bundling worker, gateway, web front and nodes", () => bundlePrograms(root));
    await writeFile(stamps.programs, `${stamp}\n`);
  }
  if (webFresh) return;
  await rm(stamps.web, { force: true });
  const secondsPath = join(dirname(options.logPath), "build-seconds");
  const last = Number((await readText(secondsPath)) ?? Number.NaN);
  const progress = createBuildProgress(last > 0 ? last : null);
  const begunAt = performance.now();
  await terminal.step(
    "building the console (only when its sources changed)",
    () => buildWeb(options, progress),
    progress.text,
  );
  await writeFile(secondsPath, `${Math.round((performance.now() - begunAt) / 1000)}\n`);
  await writeFile(stamps.web, `${stamp}\n`);
}
