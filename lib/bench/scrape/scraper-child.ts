import { runScrapeLoop } from "#lib/metrics/loop.ts";
import { openDatabase } from "#lib/platform/db.ts";
import { silentLog } from "#lib/platform/log.ts";
import { buildBenchDeps } from "#lib/testbed/deps.ts";
import { answerMessages } from "#lib/testbed/program.ts";

/** The product's loop in a process of its own, run as a worker is, until it is killed. */
const CONNECTIONS = 10;

answerMessages(async (databaseUrl: string) => {
  const deps = buildBenchDeps(openDatabase(databaseUrl, silentLog, CONNECTIONS), "");
  void runScrapeLoop(deps, new AbortController().signal);
  return "started";
});
