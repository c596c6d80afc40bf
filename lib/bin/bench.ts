import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runBench } from "#lib/bench/run-bench.ts";
import { projectRoot } from "#lib/platform/project-root.ts";
import { ensureBuilt } from "./launch/build.ts";
import { createTerminal } from "./launch/terminal.ts";

// by way of `exit`, where what was started is ended too
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    stop.abort();
    process.exit(1);
  });

const log = (line: string) => console.error(line);

async function build(): Promise<void> {
  const logPath = join(await mkdtemp(join(tmpdir(), "switchyard-bench-build-")), "build.log");
  const terminal = createTerminal(log, () => performance.now());
  await ensureBuilt({ root: projectRoot(), logPath, terminal, signal: stop.signal });
}

/** `npm run bench -- <job> [--runs n] [--json] [--peers] [--allow-skip]`. */
process.exitCode = await runBench(process.argv.slice(2), { log, print: (line) => console.log(line), build });
