import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createRandom } from "#lib/evals/random.ts";
import { answerFor } from "#lib/evals/suites/generator/answer-for.ts";
import { type AskedSide, type Attempt, fateOf, SIZE, SPELL, suiteOf, tenantAt } from "./plan.ts";
import type { MockCounts, MockQuestion, MockReply } from "./programs.ts";

/** Stands in for gateway and nodes, in a process of its own: knows every prompt's answer, how long it takes, and whether it fails. */
type Known = { ordinal: number; text: string; truncated: string };
const known = new Map<string, Map<string, Known>>();
let seed = 0;
let random = createRandom("0");
let attempts = new Map<string, number>();
let lastVersion = "";
let spell = { from: SPELL.everyArrivals, until: 0 };
let counts: MockCounts = noCounts();

function noCounts(): MockCounts {
  return { attempts: 0, swaps: 0, latencyMs: 0, drawnMs: 0, orderedMs: 0, turnedAway: 0, failures: 0, mostInFlight: 0 };
}
let inFlight = 0;

function learnSuites(): void {
  for (let index = 0; index < SIZE.tenants; index += 1) {
    const tenant = tenantAt(index);
    const own = new Map<string, Known>();
    known.set(tenant, own);
    for (const evalCase of suiteOf(tenant)) {
      const { content, tool_calls } = answerFor(evalCase);
      const reply = (finish_reason: string) =>
        JSON.stringify({
          id: `chatcmpl-${evalCase.ordinal}`,
          object: "chat.completion",
          created: 1_700_000_000,
          model: "support",
          choices: [{ index: 0, message: { role: "assistant", content, tool_calls }, finish_reason }],
          usage: { prompt_tokens: 812, completion_tokens: 64, total_tokens: 876 },
        });
      own.set(JSON.stringify(evalCase.messages), {
        ordinal: evalCase.ordinal,
        text: reply(tool_calls.length === 0 ? "stop" : "tool_calls"),
        truncated: reply("length"),
      });
    }
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  const version = String(request.headers["x-switchyard-pin-version"]);
  const [tenant = "", side] = version.split("/") as [string, AskedSide];
  const prompt = known.get(tenant)?.get(JSON.stringify(body.messages));
  if (!prompt) throw new Error(`${tenant} has no such prompt`);
  countArrival(version);
  const waitMs = spellAt(performance.now());
  if (waitMs !== null) {
    counts.turnedAway += 1;
    counts.orderedMs += waitMs;
    return end(response, 429, '{"error":{"message":"no room"}}', { "retry-after": String(waitMs / 1_000) });
  }
  const mode = body.temperature === 0 ? "greedy" : "sampled";
  const attempt: Attempt = {
    tenant,
    side,
    mode,
    ordinal: prompt.ordinal,
    attempt: nextAttempt(`${version}/${mode}/${prompt.ordinal}`),
  };
  const fate = fateOf(seed, attempt);
  const startedAt = performance.now();
  counts.drawnMs += fate.latencyMs;
  inFlight += 1;
  counts.mostInFlight = Math.max(counts.mostInFlight, inFlight);
  await new Promise((done) => setTimeout(done, fate.latencyMs));
  inFlight -= 1;
  counts.latencyMs += performance.now() - startedAt;
  if (fate.kind !== "answered") counts.failures += 1;
  const headers = {
    "x-switchyard-version-id": version,
    "x-switchyard-via": "primary",
    "x-switchyard-served-by": "node-1",
  };
  switch (fate.kind) {
    case "answered":
      return end(response, 200, prompt.text, headers);
    case "truncated":
      return end(response, 200, prompt.truncated, headers);
    case "refused":
      return end(response, 503, '{"error":{"message":"no node has room"}}', {});
    case "broken":
      return end(response, 500, '{"error":{"message":"the engine failed"}}', {});
    case "cut":
      response.destroy();
  }
}

function end(response: ServerResponse, status: number, body: string, headers: Record<string, string>): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
}

function countArrival(version: string): void {
  counts.attempts += 1;
  if (version !== lastVersion) counts.swaps += 1;
  lastVersion = version;
}

function nextAttempt(name: string): number {
  const attempt = (attempts.get(name) ?? 0) + 1;
  attempts.set(name, attempt);
  return attempt;
}

/** @returns how long everybody is turned away for from now on, in whole ms; null = not at all */
function spellAt(now: number): number | null {
  if (counts.attempts >= spell.from)
    spell = {
      from: counts.attempts + Math.ceil(SPELL.everyArrivals * (0.5 + random.next())),
      until: now + random.int(SPELL.minMs, SPELL.maxMs),
    };
  return now < spell.until ? Math.ceil(spell.until - now) : null;
}

function carryOut(question: MockQuestion): MockReply {
  switch (question.kind) {
    case "begin":
      seed = question.seed;
      random = createRandom(`${seed}/spells`);
      attempts = new Map();
      lastVersion = "";
      spell = { from: SPELL.everyArrivals, until: 0 };
      counts = noCounts();
      return { kind: "begun", port: (server.address() as AddressInfo).port };
    case "counts":
      return { kind: "counts", counts };
  }
}

learnSuites();
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  answer(request, response).catch((error) => end(response, 400, String(error), {}));
});
server.listen(0, "127.0.0.1", () => {
  process.on("message", (question: MockQuestion) => process.send?.(carryOut(question)));
});
process.once("disconnect", () => process.exit(0));
