import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "#lib/platform/project-root.ts";
import { freePortRun, freePorts } from "#lib/platform/supervisor/ports.ts";
import { startProgram } from "#lib/testbed/program.ts";

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
export async function startDemo(say: (line: string) => void): Promise<Demo> {
  const dataDir = await mkdtemp(join(tmpdir(), "switchyard-bench-monitoring-"));
  const [web = 0, gateway = 0, metrics = 0, worker = 0] = await freePorts(4);
  const apiKey = "bench-monitoring".repeat(3);
  const program = await startProgram({
    file: process.execPath,
    args: ["--import", createRequire(import.meta.url).resolve("tsx"), join(projectRoot(), "lib/bin/demo.ts")],
    cwd: projectRoot(),
    core: null,
    env: {
      ...{ PORT: `${web}`, GATEWAY_PORT: `${gateway}`, METRICS_PORT: `${metrics}`, WORKER_PORT: `${worker}` },
      ...{ SIM_PORT: String(await freePortRun(SIM_NODES)), SIM_SPEED: "4", DATA_DIR: dataDir, ADAPTER_STORE: "" },
      ...{ DATABASE_URL: "", NEXTAUTH_URL: "", NEXTAUTH_SECRET: "", SECRETS_KEY: "", METRICS_HOST: "127.0.0.1" },
      ...{ ADMIN_EMAIL: "", ADMIN_PASSWORD: "", ADMIN_API_KEY: apiKey, LOOPS: "" },
    },
  });
  const stop = async () => {
    await program.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    say("the demo starts (and builds the console, where it was not built yet)");
    const giveUpAt = performance.now() + READY_MS;
    const urls = [
      `http://localhost:${web}/readyz`,
      `http://127.0.0.1:${metrics}/metrics`,
      `http://127.0.0.1:${worker}/metrics`,
    ];
    while (!(await allAnswer(urls))) {
      if (!program.isRunning() || performance.now() > giveUpAt)
        throw new Error(`the demo is not ready: ${program.output()}`);
      await sleep(500);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { web, gateway, metrics, worker, apiKey, stop };
}

async function allAnswer(urls: readonly string[]): Promise<boolean> {
  const answers = await Promise.all(
    urls.map((url) =>
      fetch(url).then(
        ({ ok }) => ok,
        () => false,
      ),
    ),
  );
  return answers.every(Boolean);
}
