import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { childEnv } from "#lib/platform/env.ts";
import type { PeerPrograms } from "./peer-programs.ts";

const run = promisify(execFile);

/** Requests over and over on `connections` kept connections; each of `bearers` in turn asks. */
export type Load = {
  port: number;
  connections: number;
  seconds: number;
  body: string;
  bearers: readonly string[];
  headers?: Record<string, string>;
};
export type LoadResult = { requests: number; requestsPerSecond: number; p50Ms: number; p99Ms: number };

/**
 * Runs wrk with one thread.
 * @throws Error when a connection failed or a reply was no success: such figures would compare errors
 */
export async function runWrk(
  peers: PeerPrograms,
  folder: string,
  load: Load,
  core: number | null,
): Promise<LoadResult> {
  const script = join(folder, "load.lua");
  await writeFile(script, luaOf(load));
  const args = ["-t1", `-c${load.connections}`, `-d${load.seconds}s`, "--timeout", "20s", "-s", script];
  const command = [peers.wrk ?? "wrk", ...args, `http://127.0.0.1:${load.port}/v1/chat/completions`];
  const [file = "", ...rest] = core === null ? command : ["taskset", "-c", String(core), ...command];
  const { stdout } = await run(file, rest, { env: childEnv({ LD_LIBRARY_PATH: peers.libraries }) });
  const [, requests, micros, failed, p50, p99] =
    /^FIGURES (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+)$/m.exec(stdout)?.map(Number) ?? [];
  if (!requests || !micros || p50 === undefined || p99 === undefined)
    throw new Error(`wrk measured nothing: ${stdout}`);
  if (failed) throw new Error(`${failed} of ${requests} requests to port ${load.port} failed`);
  return { requests, requestsPerSecond: requests / (micros / 1e6), p50Ms: p50 / 1000, p99Ms: p99 / 1000 };
}

/** A string in Lua: long brackets of a level that JSON and keys do not hold. */
const quoted = (text: string): string => `[==[${text}]==]`;

const luaOf = ({ body, bearers, headers = {} }: Load): string => `
local requests, turn = {}, 0
init = function(args)
  local body = ${quoted(body)}
  for index, bearer in ipairs({ ${bearers.map(quoted).join(", ")} }) do
    local headers = { ["content-type"] = "application/json", ["authorization"] = "Bearer " .. bearer }
    ${Object.entries(headers)
      .map(([name, value]) => `headers[ ${quoted(name)} ] = ${quoted(value)}`)
      .join("\n    ")}
    requests[index] = wrk.format("POST", nil, headers, body)
  end
end
request = function()
  turn = turn % #requests + 1
  return requests[turn]
end
done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("FIGURES %d %d %d %f %f\\n", summary.requests, summary.duration, failed,
    latency:percentile(50), latency:percentile(99)))
end
`;
