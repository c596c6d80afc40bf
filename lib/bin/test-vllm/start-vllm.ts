import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { childEnv } from "#lib/platform/env.ts";
import { freePort } from "#lib/platform/supervisor/ports.ts";
import { signalGroup } from "#lib/platform/supervisor/signal-group.ts";
import type { EngineStart } from "#lib/vllm/contract/point.ts";
import { BASE_MODEL } from "./adapter-directories.ts";
import type { Engine } from "./node-under-test.ts";

/** 20 to 30 s on two cores; a cold disk takes longer. */
const START_TIMEOUT_MS = 240_000;
/** A worker leaves its counts for the API process five times a second. */
export const PLUGIN_DELAY_MS = 400;
const STOP_GRACE_MS = 15_000;
const HOST = "127.0.0.1";

export type VllmInstall = {
  python: string;
  modelDirectory: string;
  /** Where the engine's log and temporary files go; the caller removes it. */
  logDirectory: string;
  /** Set beside vLLM's own variables, such as what the plugin needs. */
  env?: Readonly<Record<string, string>>;
  /** vLLM flags beside those of the start. */
  flags?: readonly string[];
};

/** Engines that run now: whoever ends this process ends them first. */
const running = new Set<ChildProcess>();

/** Ends every engine at once, for the end of this process. */
export function killEngines(): void {
  for (const child of running) if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
}

/** Starts a real vLLM on the CPU and waits until it answers. @throws Error with the end of its log when it does not */
export async function startVllm(install: VllmInstall, start: EngineStart): Promise<Engine> {
  const port = await freePort(HOST);
  const baseUrl = `http://${HOST}:${port}`;
  let child = await launch(install, start, port);
  return {
    baseUrl,
    apiKey: start.apiKey,
    pluginDelayMs: PLUGIN_DELAY_MS,
    async restart() {
      await end(child, "SIGKILL");
      child = await launch(install, start, port);
    },
    stop: () => end(child, "SIGTERM"),
  };
}

/** The console script of this package does not start; the module does. */
const argumentsOf = ({ modelDirectory, flags = [] }: VllmInstall, start: EngineStart, port: number): string[] => [
  ...["-m", "vllm.entrypoints.openai.api_server", "--model", modelDirectory, "--served-model-name", BASE_MODEL],
  ...["--host", HOST, "--port", String(port), "--dtype", "float32", "--enforce-eager"],
  ...["--max-model-len", String(start.maxModelLen), "--max-num-seqs", String(start.maxNumSeqs)],
  ...["--enable-auto-tool-choice", "--tool-call-parser", "llama3_json"],
  ...(start.enablesLora
    ? [
        ...["--enable-lora", "--max-loras", String(start.maxLoras), "--max-cpu-loras", String(start.maxCpuLoras)],
        ...["--max-lora-rank", String(start.maxLoraRank)],
        ...(start.loraTargetModules ? ["--lora-target-modules", ...start.loraTargetModules] : []),
      ]
    : []),
  ...flags,
];

/** One thread and one GiB are plenty for 150,000 weights; nothing is downloaded and nothing reported. */
const environmentOf = (install: VllmInstall, start: EngineStart): Record<string, string> => ({
  VLLM_CPU_KVCACHE_SPACE: "1",
  VLLM_CPU_OMP_THREADS_BIND: "nobind",
  OMP_NUM_THREADS: "1",
  HF_HUB_OFFLINE: "1",
  VLLM_NO_USAGE_STATS: "1",
  // What an engine that was killed left behind goes with the log.
  TMPDIR: install.logDirectory,
  ...(start.allowsRuntimeLora ? { VLLM_ALLOW_RUNTIME_LORA_UPDATING: "1" } : {}),
  ...(start.apiKey === null ? {} : { VLLM_API_KEY: start.apiKey }),
  ...install.env,
});

async function launch(install: VllmInstall, start: EngineStart, port: number): Promise<ChildProcess> {
  const path = join(install.logDirectory, `vllm-${port}.log`);
  const log = createWriteStream(path, { flags: "a" });
  await once(log, "open");
  const child = spawn(install.python, argumentsOf(install, start, port), {
    env: childEnv(environmentOf(install, start)),
    // A group of its own: API server, engine core and worker end together.
    detached: true,
    stdio: ["ignore", log, log],
  });
  running.add(child);
  child.once("close", () => running.delete(child));
  if (await answers(child, `http://${HOST}:${port}/health`)) return child;
  await end(child, "SIGKILL");
  const lines = (await readFile(path, "utf8")).trim().split("\n").slice(-15);
  throw new Error(`vLLM did not start within ${START_TIMEOUT_MS / 1000} s. The end of its log:\n${lines.join("\n")}`);
}

async function answers(child: ChildProcess, url: string): Promise<boolean> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    const reply = await fetch(url).catch(() => null);
    if (reply?.status === 200) return true;
    await sleep(250);
  }
  return false;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined) return;
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const closed = hasEnded() ? Promise.resolve() : once(child, "exit");
  signalGroup(child.pid, signal);
  await Promise.race([closed, sleep(STOP_GRACE_MS, undefined, { ref: false })]);
  // Also what outlived its parent: an engine core holds a gigabyte.
  signalGroup(child.pid, "SIGKILL");
  await closed;
}
