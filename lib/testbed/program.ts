import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { childEnv } from "#lib/platform/env.ts";
import { projectRoot } from "#lib/platform/project-root.ts";
import { eachLine, lastLines } from "#lib/platform/supervisor/lines.ts";
import { cpuSecondsOf, residentBytesOf } from "./cpu-time.ts";

/** A program of a bench: something that is measured, or what stands around it. */
export type Program = {
  pid: number;
  child: ChildProcess;
  cpuSeconds(): number;
  residentBytes(): number;
  /** Whether it still runs. */
  isRunning(): boolean;
  /** The end of what it wrote, for errors. */
  output(): string;
  /** Asks it to end, and kills it when it does not within 30 s. */
  stop(): Promise<void>;
  /** Ends it on the spot. */
  kill(): Promise<void>;
};

export type ProgramOptions = {
  file: string;
  args: readonly string[];
  env?: Record<string, string>;
  cwd?: string;
  /** The core it must keep to; null = any. */
  core: number | null;
  /** Whether it can be worked with; asked until it says yes. Leave out what has no port. */
  isReady?: () => Promise<boolean>;
};

const READY_MS = 60_000;
const READY_EVERY_MS = 50;
const STOP_MS = 30_000;
const OUTPUT_LINES = 20;

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/**
 * Starts a program, perhaps on one core, and waits until it can be worked with.
 * @throws Error with the end of its output when it ends or does not get ready within a minute
 */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { file, args, core, isReady = async () => true } = options;
  const [command, commandArgs] = core === null ? [file, args] : ["taskset", ["-c", String(core), file, ...args]];
  const child = spawn(command, commandArgs, {
    env: childEnv(options.env ?? {}),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  running.add(child);
  const lines = lastLines(OUTPUT_LINES);
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
  void exited.then(() => running.delete(child));
  for (const stream of [child.stdout, child.stderr]) if (stream) eachLine(stream, (line) => lines.push(line));
  const output = () => lines.all().join("\n");
  let end: string | null = null;
  void exited.then((how) => {
    end = how;
  });
  const deadline = performance.now() + READY_MS;
  while (!(await isReady().catch(() => false))) {
    if (end === null && performance.now() < deadline) await sleep(READY_EVERY_MS);
    else {
      child.kill("SIGKILL");
      throw new Error(`${file} ${end ?? "did not get ready"}: ${output()}`);
    }
  }
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} could not be started: ${await exited}`);
  return {
    pid,
    child,
    cpuSeconds: () => cpuSecondsOf(pid),
    residentBytes: () => residentBytesOf(pid),
    isRunning: () => end === null,
    output,
    async stop() {
      if (end !== null) return;
      child.kill("SIGTERM");
      child.kill("SIGCONT");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await exited;
      clearTimeout(timer);
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** A module of ours as a program of its own, from its source. */
export const startModule = (
  module: URL,
  core: number | null,
  nodeFlags: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Program> =>
  startProgram({
    file: process.execPath,
    args: [...nodeFlags, "--import", import.meta.resolve("tsx"), module.pathname],
    ...{ core, env, cwd: projectRoot() },
  });

/** Asks a module that answers each message with one. @throws Error with its reason, or when it ends before it answers */
export async function ask<T>({ child, output }: Program, question: unknown): Promise<T> {
  const gone = new AbortController();
  const onExit = () => gone.abort(new Error(`a program ended before it answered: ${output()}`));
  child.once("exit", onExit);
  try {
    child.send(question as object);
    const [answer] = await once(child, "message", { signal: gone.signal });
    if (typeof answer?.moduleError === "string") throw new Error(answer.moduleError);
    return answer as T;
  } catch (error) {
    throw gone.signal.aborted ? gone.signal.reason : error;
  } finally {
    child.removeListener("exit", onExit);
  }
}

/** The other side of `ask`: answers each message, with the reason where it fails, and ends with the process that asks. */
export function answerMessages<Question, Answer>(answer: (question: Question) => Promise<Answer>): void {
  process.on("message", (question: Question) => {
    answer(question).then(
      (reply) => process.send?.(reply),
      (error) => process.send?.({ moduleError: String(error) }),
    );
  });
  process.once("disconnect", () => process.exit(0));
}
