import type { Outbound } from "#lib/platform/outbound.ts";
import { NodeError } from "./node-error.ts";
import { exchange } from "./node-exchange.ts";

/** A path of vLLM that no API key guards, and what it lets anybody do. `wrongMethod` is one that it does not take. */
export type Door = { path: string; wrongMethod: "GET" | "POST"; what: string; fix: string };

const DEV_MODE = "Start the engine without VLLM_SERVER_DEV_MODE.";
const PROXY =
  "Let only Switchyard reach the port, or put a proxy in front that passes /v1, /health, /version, /metrics and /tokenize.";

export const DOORS: readonly Door[] = [
  { path: "/adapters", wrongMethod: "GET", what: "load and unload adapters", fix: PROXY },
  { path: "/invocations", wrongMethod: "GET", what: "ask any tenant's adapter", fix: PROXY },
  { path: "/collective_rpc", wrongMethod: "GET", what: "call any method of the engine's workers", fix: DEV_MODE },
  { path: "/pause", wrongMethod: "GET", what: "stop all answers", fix: DEV_MODE },
  { path: "/sleep", wrongMethod: "GET", what: "take the model out of memory", fix: DEV_MODE },
  { path: "/server_info", wrongMethod: "POST", what: "read the engine's settings and environment", fix: DEV_MODE },
];

export type DoorState = "open" | "closed" | "unknown";

/**
 * Which of those answer without a key. Each is asked by a method that it does not take, so that nothing is done: 405 then
 * says that the path is there (seen on 0.32.0). `unknown` = no usable answer.
 */
export async function tryDoors(
  outbound: Outbound,
  baseUrl: string,
  timeoutMs = 5_000,
  signal?: AbortSignal,
): Promise<Map<string, DoorState>> {
  const states = new Map<string, DoorState>();
  for (const door of DOORS) states.set(door.path, await tryDoor(outbound, baseUrl, door, timeoutMs, signal));
  return states;
}

async function tryDoor(
  outbound: Outbound,
  baseUrl: string,
  { path, wrongMethod: method }: Door,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<DoorState> {
  try {
    const { status } = await exchange({ baseUrl, apiKey: null, outbound }, path, { method, timeoutMs, signal });
    if (status === 200 || status === 405) return "open";
    return status === 401 || status === 403 || status === 404 ? "closed" : "unknown";
  } catch (error) {
    if (error instanceof NodeError) return "unknown";
    throw error;
  }
}
