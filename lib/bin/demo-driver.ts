import { parseArgs } from "node:util";
import { runDemo } from "#lib/demo/run-demo.ts";
import { readEnv } from "#lib/platform/env.ts";
import { createLog } from "#lib/platform/log.ts";
import { modelDirectory, scenarioFile, simNodes } from "./launch/demo-fleet.ts";
import { stopSignal } from "./stop-signal.ts";

const { values } = parseArgs({ options: { scenario: { type: "string", default: "default" } } });
const env = readEnv();
if (!env.ADMIN_API_KEY) throw new Error("ADMIN_API_KEY is not set; the demo writes its fleet with it.");
const send = (message: object) => process.send?.(message);
/** The supervisor starts every program in the folder of the checkout. */
const root = process.cwd();

await runDemo({
  baseUrl: `http://127.0.0.1:${env.PORT}`,
  gatewayUrl: `http://127.0.0.1:${env.GATEWAY_PORT}`,
  apiKey: env.ADMIN_API_KEY,
  modelDirectory: modelDirectory(root),
  adapterDirectory: env.adapterStore,
  scenarioFile: scenarioFile(env),
  nodes: simNodes(env, root),
  scenario: values.scenario,
  signal: stopSignal(),
  log: createLog("demo", env.LOG_LEVEL),
  onProgress: (text) => send({ kind: "progress", text }),
  onReady: () => send({ kind: "ready" }),
});
process.disconnect?.();
