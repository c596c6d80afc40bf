import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createRandom } from "#lib/evals/random.ts";
import { answerFor } from "#lib/evals/suites/generator/answer-for.ts";
import { answerMessages } from "#lib/testbed/program.ts";
import { type AskedSide, fateOf, SIZE, SPELL, suiteOf, tenantAt } from "./plan.ts";

/** A seed begins a run; without one the counts of this run are asked for. */
export type MockQuestion = { seed: number | null };
export type MockAnswer = { port: number; counts: MockCounts };

const NO_COUNTS = {
  /** Requests, also those turned away. */
  attempts: 0,
  /** Requests that need another adapter than the one before, in the order of arrival; the first counts. */
  swaps: 0,
  /** Of all attempts that were not turned away, as the mock took for them by its own clock. */
  latencyMs: 0,
  /** What Retry-After said, once for each attempt that was turned away with it. */
  orderedMs: 0,
  turnedAway: 0,
  failures: 0,
};
export type MockCounts = typeof NO_COUNTS;

/** Stands in for gateway and nodes, in a process of its own: knows every prompt's answer, how long it takes, and whether it fails. */
type Known = { ordinal: number; text: string; truncated: string };
const begin = (seed: number) => ({
  ...{ seed, random: createRandom(`${seed}/spells`), attempts: new Map<string, number>(), lastVersion: "" },
  ...{ spell: { from: SPELL.everyArrivals, until: 0 }, counts: { ...NO_COUNTS } },
});
let run = begin(0);

const known = new Map(
  Array.from({ length: SIZE.tenants }, (_, index) => {
    const tenant = tenantAt(index);
    return [tenant, new Map(suiteOf(tenant).map((one) => [JSON.stringify(one.messages), knownOf(one)] as const))];
  }),
);

function knownOf(evalCase: ReturnType<typeof suiteOf>[number]): Known {
  const { content, tool_calls } = answerFor(evalCase);
  const reply = (finish_reason: string) =>
    JSON.stringify({
      ...{ id: `chatcmpl-${evalCase.ordinal}`, object: "chat.completion", created: 1_700_000_000, model: "support" },
      choices: [{ index: 0, message: { role: "assistant", content, tool_calls }, finish_reason }],
      usage: { prompt_tokens: 812, completion_tokens: 64, total_tokens: 876 },
    });
  const text = reply(tool_calls.length === 0 ? "stop" : "tool_calls");
  return { ordinal: evalCase.ordinal, text, truncated: reply("length") };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { messages, temperature } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  const version = String(request.headers["x-switchyard-pin-version"]);
  const [tenant = "", side] = version.split("/") as [string, AskedSide];
  const prompt = known.get(tenant)?.get(JSON.stringify(messages));
  if (!prompt) throw new Error(`${tenant} has no such prompt`);
  const { counts, attempts } = run;
  counts.attempts += 1;
  if (version !== run.lastVersion) counts.swaps += 1;
  run.lastVersion = version;
  const waitMs = spellAt(performance.now());
  if (waitMs !== null) {
    counts.turnedAway += 1;
    counts.orderedMs += waitMs;
    return end(response, 429, '{"error":{"message":"no room"}}', { "retry-after": String(waitMs / 1_000) });
  }
  const mode = temperature === 0 ? "greedy" : "sampled";
  const name = `${version}/${mode}/${prompt.ordinal}`;
  const attempt = (attempts.get(name) ?? 0) + 1;
  attempts.set(name, attempt);
  const fate = fateOf(run.seed, { tenant, side, mode, ordinal: prompt.ordinal, attempt });
  const startedAt = performance.now();
  await new Promise((done) => setTimeout(done, fate.latencyMs));
  counts.latencyMs += performance.now() - startedAt;
  if (fate.kind !== "answered") counts.failures += 1;
  const served = { "x-switchyard-version-id": version, "x-switchyard-via": "primary" };
  const headers = { ...served, "x-switchyard-served-by": "node-1" };
  switch (fate.kind) {
    case "answered":
      return end(response, 200, prompt.text, headers);
    case "truncated":
      return end(response, 200, prompt.truncated, headers);
    case "refused":
      return end(response, 503, '{"error":{"message":"no node has room"}}');
    case "broken":
      return end(response, 500, '{"error":{"message":"the engine failed"}}');
    case "cut":
      response.destroy();
  }
}

function end(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
}

/** @returns how long everybody is turned away for from now on, in whole ms; null = not at all */
function spellAt(now: number): number | null {
  const { counts, random } = run;
  if (counts.attempts >= run.spell.from)
    run.spell = {
      from: counts.attempts + Math.ceil(SPELL.everyArrivals * (0.5 + random.next())),
      until: now + random.int(SPELL.minMs, SPELL.maxMs),
    };
  return now < run.spell.until ? Math.ceil(run.spell.until - now) : null;
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  answer(request, response).catch((error) => end(response, 400, String(error)));
});
const listening = new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
answerMessages(async ({ seed }: MockQuestion): Promise<MockAnswer> => {
  await listening;
  if (seed !== null) run = begin(seed);
  return { port: (server.address() as AddressInfo).port, counts: run.counts };
});
