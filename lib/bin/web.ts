import { parseArgs } from "node:util";
import { runWeb } from "#lib/api/web/run-web.ts";
import { readEnv } from "#lib/platform/env.ts";
import { stopSignal } from "./stop-signal.ts";

const { values } = parseArgs({ options: { dev: { type: "boolean", default: false } } });
await runWeb(readEnv(), { isDev: values.dev, signal: stopSignal() });
process.exit(0); // Next keeps timers and, in development, its compiler
