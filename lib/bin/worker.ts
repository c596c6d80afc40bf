import { buildDeps } from "#lib/api/deps.ts";
import { readEnv } from "#lib/platform/env.ts";
import { processHolder } from "#lib/platform/lease.ts";
import { createLoopRegistry } from "#lib/platform/loop-registry.ts";
import { startStatusServer } from "#lib/platform/status-server.ts";
import { createWorkerMetrics } from "#lib/platform/worker-metrics.ts";
import { describeWorker, startPresence } from "#lib/platform/worker-presence.ts";
import { stopSignal } from "./stop-signal.ts";
import { LOOPS } from "./worker-loops.ts";

const env = readEnv();
const names = env.loops ?? Object.keys(LOOPS);
const unknown = names.filter((name) => !LOOPS[name]);
if (unknown.length > 0)
  throw new Error(`LOOPS names ${unknown.join(", ")}; there are: ${Object.keys(LOOPS).join(", ")}.`);

const loops = createLoopRegistry();
const deps = { ...buildDeps(env, "worker"), loops };
const signal = stopSignal();
const metrics = createWorkerMetrics(loops, deps.clock);
const presence = startPresence({ ...deps, id: processHolder, report: () => describeWorker(loops, env) });
const status = await startStatusServer({
  port: env.WORKER_PORT,
  host: env.METRICS_HOST,
  isReady: deps.db.ping,
  metrics,
});
await Promise.all(names.map((name) => LOOPS[name]?.(deps, signal)));
await presence.stop();
status.close();
deps.mailer?.close();
await deps.outbound.close();
await deps.db.close();
