import { rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { build, stop as endBundler } from "esbuild";
import { projectRoot } from "#lib/platform/project-root.ts";

/**
 * Bundles a program as a production start does, below `node_modules`, where a bundle finds its packages and which no start
 * takes for its own.
 * @param entry its path, absolute or from the project's root, such as `lib/bin/gateway.ts`
 * @returns the bundle's path; one for each caller, as several may run side by side
 */
export async function bundleProgram(entry: string, name: string): Promise<string> {
  const root = projectRoot();
  const folder = join(root, "node_modules", ".cache", "switchyard-bench");
  await mkdir(folder, { recursive: true });
  const outfile = join(folder, `${name}-${process.pid}.js`);
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    packages: "external",
    logLevel: "silent",
  });
  await endBundler();
  process.once("exit", () => rmSync(outfile, { force: true }));
  return outfile;
}
