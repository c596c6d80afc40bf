import { rawEnv, readEnv } from "#lib/platform/env.ts";
import { createLog } from "#lib/platform/log.ts";
import { runSimNode } from "#lib/sim/run-node.ts";
import { stopSignal } from "./stop-signal.ts";

const log = createLog("sim", readEnv().LOG_LEVEL);
process.exit(
  await runSimNode(process.argv.slice(2), { log, signal: stopSignal(), apiKey: rawEnv("VLLM_API_KEY") ?? null }),
);
