import { randomBytes } from "node:crypto";
import { FETCH_RULES } from "#lib/vllm/fetch-errors.ts";
import type { NodeClient } from "#lib/vllm/node-client.ts";
import type { Delivery } from "./judge-delivery.ts";
import { checkName } from "./reference-name.ts";

const FETCH_CODES: ReadonlySet<string> = new Set(FETCH_RULES.map(({ code }) => code));
/** A plugin that cannot reach Switchyard tries for longer than this; then nothing is proven. */
const GUARD_MS = 30_000;

/**
 * Whether a node proves its adapters before it loads them: it is told to load a directory below the adapter directory
 * that cannot exist. Switchyard's plugin refuses that in its own words; vLLM alone says that it found no adapter. So it
 * is the node's conduct that counts, not what it says of itself. Nothing is loaded either way.
 */
export async function proveGuard(client: NodeClient, adapterDirectory: string): Promise<Delivery> {
  const nonce = randomBytes(6).toString("hex");
  const path = `${adapterDirectory.replace(/\/+$/, "")}/0--inspection/${nonce}`;
  const adapter = { loraName: checkName(nonce), path };
  const outcome = await client.load(adapter, AbortSignal.timeout(GUARD_MS)).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "TimeoutError") return TIMED_OUT;
    throw error;
  });
  switch (outcome.kind) {
    case "accepted":
      await client.unload(adapter.loraName);
      return { kind: "unguarded", path, message: "it accepted the load of a directory that does not exist" };
    case "unknown":
      return { kind: "unguarded", path, message: outcome.message };
    case "refused": {
      const { code, message, fix } = outcome.error;
      if (!FETCH_CODES.has(code)) return { kind: "unguarded", path, message };
      return { kind: "guarded", problem: code === "fetch_not_placed" ? null : { code, message, fix } };
    }
  }
}

const TIMED_OUT = { kind: "unknown", message: `no answer within ${GUARD_MS / 1000} s` } as const;
