import { createHmac } from "node:crypto";
import type { Deps } from "#lib/identity/ctx.ts";
import { errorText } from "#lib/platform/errors.ts";
import type { OutboundReply } from "#lib/platform/outbound.ts";
import { openRestartSecret } from "#lib/pools/restart-secret.ts";
import type { PoolRecord } from "#lib/pools/store.ts";
import { type LaunchCommand, launchCommand } from "#lib/vllm/launch-command.ts";
import type { EngineLimits } from "../schema.ts";

const TIMEOUT_MS = 10_000;
const REPLY_MAX_BYTES = 64_000;

export type RestartAsk = {
  rolloutId: string;
  pool: PoolRecord;
  sealedSecret: string | null;
  node: { id: string; name: string; baseUrl: string; sealedKey: string | null; simulated: boolean };
  target: EngineLimits;
  deadline: Date | null;
};

/** How a node's engine is started with other limits than its pool's. */
export function targetCommand(
  pool: PoolRecord,
  node: { baseUrl: string; sealedKey: string | null },
  target: EngineLimits,
): LaunchCommand {
  const url = new URL(node.baseUrl);
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  return launchCommand({ ...pool, ...target }, { port, hasKey: node.sealedKey !== null });
}

/**
 * Has somebody restart a node, as the pool's restart step says. It may be asked twice, should a worker die in between:
 * `rolloutId` and `nodeId` name the wish. Only a new process with the right limits counts as done.
 * @returns null when it was taken on, else why not
 */
export async function askRestart(deps: Deps, ask: RestartAsk): Promise<string | null> {
  switch (ask.pool.restartStep) {
    case "manual":
      return null;
    case "webhook":
      return callHook(deps, ask);
    case "simulated":
      return restartSimulated(deps, ask);
  }
}

async function callHook(deps: Deps, ask: RestartAsk): Promise<string | null> {
  const { pool, node, target, rolloutId, deadline, sealedSecret } = ask;
  if (pool.restartUrl === null || sealedSecret === null) return "The pool's restart URL or secret is not set.";
  const { env, args, text } = targetCommand(pool, node, target);
  const body = JSON.stringify({
    event: "node.restart",
    rolloutId,
    nodeId: node.id,
    nodeName: node.name,
    command: { env, args, text },
    target,
    deadline: deadline?.toISOString() ?? null,
  });
  try {
    const secret = openRestartSecret(deps.secrets, pool.id, sealedSecret);
    const timestamp = String(Math.floor(deps.clock.now().getTime() / 1_000));
    const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
    const headers = {
      "content-type": "application/json",
      "x-switchyard-timestamp": timestamp,
      "x-switchyard-signature": `v1=${signature}`,
    };
    return refusalOf(await post(deps, pool.restartUrl, body, headers), "The restart hook");
  } catch (error) {
    return `The restart hook: ${errorText(error)}`;
  }
}

async function restartSimulated(deps: Deps, { node, target }: RestartAsk): Promise<string | null> {
  if (!node.simulated) return `${node.name} is not a simulated node; choose another restart step for its pool.`;
  const { maxLoras, maxCpuLoras, maxLoraRank, maxModelLen } = target;
  const body = JSON.stringify({ maxLoras, maxCpuLoras, maxLoraRank, maxModelLen });
  try {
    const headers = { "content-type": "application/json" };
    return refusalOf(await post(deps, `${node.baseUrl}/_sim/restart`, body, headers), "The simulated node");
  } catch (error) {
    return `The simulated node: ${errorText(error)}`;
  }
}

const post = (deps: Deps, url: string, body: string, headers: Record<string, string>): Promise<OutboundReply> =>
  deps.outbound.request(url, { method: "POST", headers, body, timeoutMs: TIMEOUT_MS, maxBytes: REPLY_MAX_BYTES });

/** What was answered is not shown: it is whoever's text. */
const refusalOf = ({ status }: OutboundReply, who: string): string | null =>
  status >= 200 && status < 300 ? null : `${who} answered ${status}.`;
