import { runScrapeLoop } from "#lib/metrics/loop.ts";
import { openDatabase } from "#lib/platform/db.ts";
import { silentLog } from "#lib/platform/log.ts";
import { buildBenchDeps } from "#lib/testbed/deps.ts";

/** The product's loop in a process of its own, run as a worker is. */
export type ScraperQuestion = { kind: "start"; databaseUrl: string; folder: string } | { kind: "stop" };
export type ScraperAnswer = { kind: "started" | "stopped" };

const CONNECTIONS = 10;
const stop = new AbortController();
let running: Promise<unknown> = Promise.resolve();

function start(databaseUrl: string, folder: string): void {
  const db = openDatabase(databaseUrl, silentLog, CONNECTIONS);
  running = runScrapeLoop(buildBenchDeps(db, folder), stop.signal).then(() => db.close());
}

process.on("message", (question: ScraperQuestion) => {
  if (question.kind === "start") {
    start(question.databaseUrl, question.folder);
    process.send?.({ kind: "started" } satisfies ScraperAnswer);
    return;
  }
  stop.abort();
  void running.then(() => process.send?.({ kind: "stopped" } satisfies ScraperAnswer));
});
process.once("disconnect", () => process.exit(0));
