import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePortRun, freePorts } from "#lib/platform/supervisor/ports.ts";
import { startModule } from "#lib/testbed/program.ts";

/** The whole product on this machine, with the demo's fleet and its traffic. */
export type Demo = {
  web: number;
  gateway: number;
  metrics: number;
  worker: number;
  apiKey: string;
  stop(): Promise<void>;
};

/** A console that was never built is built first. */
const READY_MS = 10 * 60_000;
const SIM_NODES = 4;

/**
 * Starts the demo on free ports, in a data directory of its own that goes with it. Nothing of the caller's settings reaches
 * it.
 * @throws Error with the end of its output when it ends or is not ready within ten minutes
 */
export async function startDemo(log: (line: string) => void): Promise<Demo> {
  const dataDir = await mkdtemp(join(tmpdir(), "switchyard-bench-monitoring-"));
  const [web = 0, gateway = 0, metrics = 0, worker = 0] = await freePorts(4);
  const apiKey = "bench-monitoring".repeat(3);
  log("the demo starts (and builds the console, where it was not built yet)");
  const program = await startModule(new URL("../../bin/demo.ts", import.meta.url), null, [], {
    ...{ PORT: `${web}`, GATEWAY_PORT: `${gateway}`, METRICS_PORT: `${metrics}`, WORKER_PORT: `${worker}` },
    ...{ SIM_PORT: String(await freePortRun(SIM_NODES)), SIM_SPEED: "4", DATA_DIR: dataDir, ADAPTER_STORE: "" },
    ...{ DATABASE_URL: "", NEXTAUTH_URL: "", NEXTAUTH_SECRET: "", SECRETS_KEY: "", METRICS_HOST: "127.0.0.1" },
    ...{ ADMIN_EMAIL: "", ADMIN_PASSWORD: "", ADMIN_API_KEY: apiKey, LOOPS: "" },
  });
  const stop = async () => {
    await program.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  const urls = [`localhost:${web}/readyz`, `127.0.0.1:${metrics}/metrics`, `127.0.0.1:${worker}/metrics`];
  const areReady = () =>
    Promise.all(urls.map(async (url) => (await fetch(`http://${url}`)).ok)).then(
      (answers) => answers.every(Boolean),
      () => false,
    );
  const giveUpAt = performance.now() + READY_MS;
  while (!(await areReady())) {
    if (program.isRunning() && performance.now() < giveUpAt) await sleep(500);
    else {
      await stop();
      throw new Error(`the demo is not ready: ${program.output()}`);
    }
  }
  return { web, gateway, metrics, worker, apiKey, stop };
}
