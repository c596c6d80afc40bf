import { runGateway } from "#lib/gateway/run-gateway.ts";
import { readEnv } from "#lib/platform/env.ts";
import { stopSignal } from "./stop-signal.ts";

await runGateway(readEnv(), stopSignal());
