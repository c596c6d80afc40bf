import { type ChildProcess, spawn } from "node:child_process";
import * as z from "zod";
import { systemClock } from "../clock.ts";
import { childEnv } from "../env.ts";
import { AppError } from "../errors.ts";
import { eachLine, lastLines } from "./lines.ts";
import { signalGroup } from "./signal-group.ts";

/**
 * How a child shows that it works: a URL that answers 2xx, a message `{kind: "ready"}` over its IPC channel, or
 * nothing at all.
 */
export type Ready = { kind: "url"; url: string } | { kind: "message" } | { kind: "none" };

export type ChildSpec = {
  /** Short and unique: names its log file. */
  name: string;
  file: string;
  args: readonly string[];
  cwd: string;
  /** Added to our own environment. */
  env: Readonly<Record<string, string>>;
  ready: Ready;
  readyWithinMs: number;
};

/** What a child may send over IPC: that it is ready, or a line about how far it is. */
const MessageSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready") }),
  z.object({ kind: z.literal("progress"), text: z.string().max(500) }),
]);

export type ChildEvents = {
  onLine(line: string): void;
  onProgress(text: string): void;
  onSpawn(pid: number): void;
  onExit(pid: number): void;
  /** It ended unasked and will be started again after `delayMs`. */
  onRestart(exit: string, delayMs: number): void;
  onReady(): void;
};

const FIRST_ATTEMPTS = 3;
const POLL_EVERY_MS = 150;

type Life = { process: ChildProcess; exited: Promise<string>; wasReady: Promise<"ready"> };

/** One program that should always run: started, watched, started again, ended. */
export class SupervisedChild {
  private life: Life | null = null;
  private readonly stopped = new AbortController();
  private readonly recent = lastLines(15);
  private loop: Promise<void> = Promise.resolve();

  constructor(
    readonly spec: ChildSpec,
    private readonly events: ChildEvents,
  ) {}

  pid(): number | null {
    return this.life?.process.pid ?? null;
  }

  /**
   * Resolves when it is ready for the first time; from then on it is restarted whenever it ends.
   * @throws AppError with its last lines when it ended or stayed silent three times
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.loop = this.keep(resolve, reject);
    });
  }

  /** Asks it to end; whatever is left of it and its own children at the deadline is killed. */
  async stop(deadlineAt: number): Promise<void> {
    this.stopped.abort();
    const { life } = this;
    if (life?.process.pid !== undefined) {
      life.process.kill("SIGTERM");
      const late = setTimeout(() => this.kill(), Math.max(0, deadlineAt - Date.now()));
      await life.exited;
      clearTimeout(late);
    }
    await this.loop;
  }

  /** Ends it and everything it started, at once. */
  kill(): void {
    const pid = this.pid();
    if (pid !== null) signalGroup(pid, "SIGKILL");
  }

  private launch(): Life {
    const { spec } = this;
    const child = spawn(spec.file, [...spec.args], {
      cwd: spec.cwd,
      env: childEnv({ ...spec.env }),
      stdio: ["ignore", "pipe", "pipe", ...(spec.ready.kind === "message" ? (["ipc"] as const) : [])],
      detached: true, // Ctrl-C reaches only us, so that we choose the order in which things end
    });
    const see = (line: string) => {
      this.recent.push(line);
      this.events.onLine(line);
    };
    if (child.stdout) eachLine(child.stdout, see);
    if (child.stderr) eachLine(child.stderr, see);
    const wasReady = new Promise<"ready">((resolve) => {
      child.on("message", (raw) => {
        const message = MessageSchema.safeParse(raw);
        if (!message.success) return;
        if (message.data.kind === "ready") resolve("ready");
        else this.events.onProgress(message.data.text);
      });
    });
    const exited = new Promise<string>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => {
        if (child.pid !== undefined) {
          signalGroup(child.pid, "SIGKILL"); // what it left behind
          this.events.onExit(child.pid);
        }
        resolve(signal ? `signal ${signal}` : `exit code ${code}`);
      });
    });
    if (child.pid !== undefined) this.events.onSpawn(child.pid);
    return { process: child, exited, wasReady };
  }

  private async keep(onReady: () => void, onFailed: (error: Error) => void): Promise<void> {
    let failures = 0;
    let everReady = false;
    while (!this.stopped.signal.aborted) {
      const life = this.launch();
      this.life = life;
      const startedAt = Date.now();
      const outcome = await this.becomeReady(life);
      if (outcome === "ready") {
        everReady = true;
        this.events.onReady();
        onReady();
      } else if (outcome === "late") this.kill();
      const exit = await life.exited;
      this.life = null;
      if (this.stopped.signal.aborted) break;
      failures = Date.now() - startedAt > STEADY_MS && outcome === "ready" ? 1 : failures + 1;
      if (!everReady && failures >= FIRST_ATTEMPTS) return onFailed(this.failure(outcome === "late" ? null : exit));
      const delayMs = backoffMs(failures);
      this.events.onRestart(exit, delayMs);
      await systemClock.sleep(delayMs, this.stopped.signal).catch(() => {}); // stopping ends the pause
    }
    onFailed(new AppError("unavailable", `${this.spec.name} was stopped before it was ready.`)); // no effect once ready
  }

  /** @returns "ready", "late", or how it ended */
  private async becomeReady(life: Life): Promise<"ready" | "late" | string> {
    const { ready, readyWithinMs } = this.spec;
    const given = new AbortController();
    const end = AbortSignal.any([given.signal, this.stopped.signal]);
    const late = systemClock.sleep(readyWithinMs, end).then(
      () => "late" as const,
      () => "stopped",
    );
    const up =
      ready.kind === "url"
        ? answers(ready.url, end)
        : ready.kind === "message"
          ? life.wasReady
          : Promise.resolve("ready" as const);
    const outcome = await Promise.race([life.exited, up, late]);
    given.abort();
    return outcome;
  }

  private failure(exit: string | null): AppError {
    const { name, ready, readyWithinMs } = this.spec;
    const waited = `did not answer ${ready.kind === "url" ? ready.url : ""} within ${readyWithinMs / 1000} s`;
    const lines = this.recent.all().map((line) => `    ${line}`);
    return new AppError(
      "unavailable",
      [`${name} ${exit === null ? waited : `ended with ${exit}`}.`, ...lines].join("\n"),
      {
        fix: `Its whole log is logs/${name}.log below DATA_DIR.`,
      },
    );
  }
}

/** Polls until the URL answers 2xx, or for as long as the signal lets it. */
async function answers(url: string, signal: AbortSignal): Promise<"ready" | "stopped"> {
  while (!signal.aborted) {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) }).catch(
      () => null,
    );
    await response?.body?.cancel();
    if (response?.ok) return "ready";
    await systemClock.sleep(POLL_EVERY_MS, signal).catch(() => {});
  }
  return "stopped";
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** A child that lived this long counts as recovered: its next restart is quick again. */
const STEADY_MS = 30_000;

/** Pause before restart number `failures` (1 = the first in a row). */
const backoffMs = (failures: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, failures - 1));
