import { randomFillSync } from "node:crypto";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { hashFile } from "#lib/registry/artifacts/bytes/byte-jobs.ts";
import type { Measured } from "../measured.ts";
import { hashBySha256sum, hashInMemory } from "./peers.ts";

const FILE_BYTES = 315_000_000;
/** Fewer would let one busy moment decide. */
const LEAST_RUNS = 5;

type Run = {
  ours: number;
  inMemory: number;
  sha256sum: number | null;
  twoOverOne: number;
  loopDelayMs: number;
  rssGrowthMib: number;
};

/**
 * Job `hash`: the product's hashing threads on warm files of 315 MB, beside `sha256sum` and `createHash` in memory, all
 * in turn. About 15 s. The threads were started before, as in a process that runs.
 */
export async function runHash(options: { runs: number; say(line: string): void }): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-bench-hash-"));
  try {
    const files = [await writeFile(join(folder, "one")), await writeFile(join(folder, "two"))] as const;
    options.say(`starting the threads took ${(await startThreads(folder)).toFixed(1)} MiB`);
    const runs: Run[] = [];
    for (let run = 0; run < Math.max(LEAST_RUNS, options.runs); run += 1) runs.push(await runOnce(files));
    for (const run of runs) options.say(tell(run));
    return measuredOf(runs);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Random bytes, which are in the page cache afterwards. */
async function writeFile(path: string): Promise<string> {
  const block = new Uint8Array(FILE_BYTES / 100);
  const handle = await open(path, "wx");
  try {
    for (let written = 0; written < FILE_BYTES; written += block.byteLength) await handle.write(randomFillSync(block));
  } finally {
    await handle.close();
  }
  return path;
}

/** @returns MiB of memory that they cost, once a process */
async function startThreads(folder: string): Promise<number> {
  const before = process.memoryUsage.rss();
  const small = join(folder, "small");
  await (await open(small, "wx")).close();
  await Promise.all([hashFile(small), hashFile(small)]);
  return (process.memoryUsage.rss() - before) / 1024 ** 2;
}

async function runOnce(files: readonly [string, string]): Promise<Run> {
  const [one] = files;
  const { ms, sha256 } = await timed(() => hashFile(one));
  // watched apart: the watching itself takes time from the second core, which reads ahead
  const watch = watchThread();
  await hashFile(one);
  const { loopDelayMs, rssGrowthMib } = watch.stop();
  const both = await timed(() => Promise.all(files.map((file) => hashFile(file))));
  const inMemory = await hashInMemory(one);
  const command = await hashBySha256sum(one);
  if (inMemory.sha256 !== sha256 || (command && command.sha256 !== sha256)) throw new Error("the digests differ");
  return {
    ours: speed(ms),
    inMemory: speed(inMemory.ms),
    sha256sum: command && speed(command.ms),
    twoOverOne: (2 * ms) / both.ms,
    loopDelayMs,
    rssGrowthMib,
  };
}

const speed = (ms: number): number => FILE_BYTES / 1000 / ms;

async function timed<T>(work: () => Promise<T>): Promise<T & { ms: number }> {
  const startedAt = performance.now();
  const result = await work();
  return { ...result, ms: performance.now() - startedAt };
}

/** How late this thread's timers ran, and how much more memory the process had at its most. */
function watchThread() {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const before = process.memoryUsage.rss();
  let most = before;
  const look = () => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 10);
  delay.enable();
  return {
    stop() {
      look();
      clearInterval(timer);
      delay.disable();
      return { loopDelayMs: delay.max / 1e6, rssGrowthMib: (most - before) / 1024 ** 2 };
    },
  };
}

function measuredOf(runs: readonly Run[]): Measured[] {
  const ours = runs.map((run) => run.ours);
  const command = runs.flatMap(({ sha256sum }) => sha256sum ?? []);
  const values = (key: "twoOverOne" | "loopDelayMs" | "rssGrowthMib") => runs.map((run) => run[key]);
  const inMemory = runs.map((run) => run.inMemory);
  return [
    {
      metric: "warm_over_sha256sum",
      ours,
      peer:
        command.length > 0
          ? { name: "sha256sum", values: command }
          : { name: "sha256sum", values: null, reason: "no sha256sum is installed" },
    },
    { metric: "warm_over_in_memory", ours, peer: { name: "createHash in memory", values: inMemory } },
    { metric: "two_files_over_one", ours: values("twoOverOne") },
    { metric: "loop_delay", ours: values("loopDelayMs") },
    { metric: "rss_growth", ours: values("rssGrowthMib") },
  ];
}

const tell = (run: Run): string =>
  Object.entries(run)
    .map(([name, value]) => `${name} ${value?.toFixed(2) ?? "-"}`)
    .join("; ");
