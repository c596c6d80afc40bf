import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { childEnv } from "#lib/platform/env.ts";
import type { Scene } from "./scene.ts";

const run = promisify(execFile);

/** The model that customers of the bench ask for: their own adapter, so that its name is replaced on the way. */
export const ADAPTER_SLUG = "support";

const CONVERSATION =
  "You answer questions about orders. Look an order up before you speak of it, and call a tool whenever one fits. ";

/** A chat request of about `bytes` bytes: a long system message, a question, sampling settings. */
export function chatBody(bytes: number): string {
  const question = { role: "user", content: "Where is my order 4711, and can you change its address?" };
  const body = (content: string) => {
    const messages = [{ role: "system", content }, question];
    return JSON.stringify({ model: ADAPTER_SLUG, temperature: 0.2, max_tokens: 256, messages });
  };
  const room = Math.max(0, bytes - body("").length);
  return body(CONVERSATION.repeat(Math.ceil(room / CONVERSATION.length)).slice(0, room));
}

/** Requests over and over on `connections` kept connections; each of `bearers` in turn asks. */
export type Load = {
  port: number;
  connections: number;
  seconds: number;
  body: string;
  bearers: readonly string[];
  headers: Record<string, string>;
};
export type LoadResult = { requests: number; requestsPerSecond: number; p50Ms: number };

/**
 * Runs wrk with one thread.
 * @throws Error when a connection failed or a reply was no success: such figures would compare errors
 */
export async function runWrk({ folder, peers, loadCore }: Scene, load: Load): Promise<LoadResult> {
  const script = join(folder, "load.lua");
  await writeFile(script, luaOf(load));
  const args = ["-t1", `-c${load.connections}`, `-d${load.seconds}s`, "--timeout", "20s", "-s", script];
  const command = [peers.wrk ?? "wrk", ...args, `http://127.0.0.1:${load.port}/v1/chat/completions`];
  const [file = "", ...rest] = loadCore === null ? command : ["taskset", "-c", String(loadCore), ...command];
  const { stdout } = await run(file, rest, { env: childEnv({ LD_LIBRARY_PATH: peers.libraries }) });
  const fields = /^RESULT (\d+) (\d+) (\d+) ([\d.]+)$/m.exec(stdout)?.slice(1).map(Number);
  const [requests = 0, micros = 0, failed = 0, p50 = 0] = fields ?? [];
  if (requests === 0) throw new Error(`wrk measured nothing: ${stdout}`);
  if (failed > 0) throw new Error(`${failed} of ${requests} requests to port ${load.port} failed`);
  return { requests, requestsPerSecond: requests / (micros / 1e6), p50Ms: p50 / 1000 };
}

/** A string in Lua: long brackets of a level that JSON and keys do not hold. */
const quoted = (text: string): string => `[==[${text}]==]`;

const luaOf = ({ body, bearers, headers }: Load): string => `
local requests, turn = {}, 0
init = function(args)
  for index, bearer in ipairs({ ${bearers.map(quoted).join(", ")} }) do
    local headers = { ["content-type"] = "application/json", ["authorization"] = "Bearer " .. bearer }
    ${Object.entries(headers)
      .map(([name, value]) => `headers[ ${quoted(name)} ] = ${quoted(value)}`)
      .join("\n    ")}
    requests[index] = wrk.format("POST", nil, headers, ${quoted(body)})
  end
end
request = function()
  turn = turn % #requests + 1
  return requests[turn]
end
done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("RESULT %d %d %d %f\\n", summary.requests, summary.duration, failed, latency:percentile(50)))
end
`;
