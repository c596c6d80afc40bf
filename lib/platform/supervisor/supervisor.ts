import { join } from "node:path";
import { errorText } from "../errors.ts";
import { type ChildSpec, SupervisedChild } from "./child.ts";
import { type LogFile, openLogFile } from "./log-file.ts";
import { createProblemFilter, problemIn } from "./problem-lines.ts";
import { ProcessRecord } from "./process-record.ts";

/** In-flight work gets this long to finish, all children together. */
const DRAIN_MS = 25_000;

export type SupervisorOptions = {
  dataDir: string;
  /** Shows a line to the person at the terminal. */
  print: (line: string) => void;
  drainMs?: number;
};

/** Where children of a data directory are noted down. */
export const processRecordPath = (dataDir: string): string => join(dataDir, "processes.json");
export const logPath = (dataDir: string, name: string): string => join(dataDir, "logs", `${name}.log`);

/** Runs the programs of one machine: logs, restarts, and an orderly end. */
export class Supervisor {
  private readonly stages: SupervisedChild[][] = [];
  private readonly logs: LogFile[] = [];
  private readonly record: ProcessRecord;
  private readonly filter = createProblemFilter(Date.now);
  private stopping: Promise<void> | null = null;

  constructor(private readonly options: SupervisorOptions) {
    this.record = new ProcessRecord(processRecordPath(options.dataDir));
  }

  /**
   * Starts children side by side and waits until all are ready. Stages end in the reverse order of their start.
   * @throws AppError of the first child that cannot be started
   */
  async startStage(specs: readonly ChildSpec[]): Promise<void> {
    if (this.stopping) throw new Error("stopping");
    const children = specs.map((spec) => this.child(spec));
    this.stages.push(children);
    await Promise.all(children.map((child) => child.start()));
  }

  /** Process id of a child; null while it is not running. */
  pid(name: string): number | null {
    return (
      this.stages
        .flat()
        .find((child) => child.spec.name === name)
        ?.pid() ?? null
    );
  }

  /** Drains every stage, the last started first, 25 s in all. */
  stop(): Promise<void> {
    this.stopping ??= this.drain();
    return this.stopping;
  }

  /** Ends everything at once; for a second Ctrl-C. */
  kill(): void {
    for (const child of this.stages.flat()) child.kill();
  }

  private async drain(): Promise<void> {
    const deadlineAt = Date.now() + (this.options.drainMs ?? DRAIN_MS);
    for (const stage of this.stages.toReversed()) await Promise.all(stage.map((child) => child.stop(deadlineAt)));
    for (const log of this.logs) log.close();
    this.record.close();
  }

  private reportProblem(name: string, problem: string): void {
    const shown = this.filter(name, problem);
    if (shown) this.options.print(`${name}: ${shown}`);
  }

  private child(spec: ChildSpec): SupervisedChild {
    const { print, dataDir } = this.options;
    const log = openLogFile(logPath(dataDir, spec.name), (error) =>
      this.reportProblem(spec.name, `no log: ${errorText(error)}`),
    );
    this.logs.push(log);
    let everReady = false;
    return new SupervisedChild(spec, {
      onLine: (line) => {
        log.write(line);
        const problem = problemIn(line);
        if (problem) this.reportProblem(spec.name, problem);
      },
      onProgress: (text) => print(`${spec.name}: ${text}`),
      onSpawn: (pid) => this.record.add(spec.name, pid),
      onExit: (pid) => this.record.remove(pid),
      onRestart: (exit, delayMs) =>
        print(`${spec.name} ended unasked (${exit}); starting it again in ${delayMs / 1000} s`),
      onReady: () => {
        if (everReady) print(`${spec.name} is back`);
        everReady = true;
      },
    });
  }
}
