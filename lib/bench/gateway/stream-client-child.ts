import { Agent, type IncomingMessage, request } from "node:http";
import { finished } from "node:stream/promises";
import { answerMessages } from "#lib/testbed/program.ts";
import { median } from "#lib/testbed/quantile.ts";

/** What a client is asked: so many streams at once of so many events each, from one port. */
export type StreamLoad = { port: number; streams: number; events: number; everyMs: number; bearers: readonly string[] };
export type StreamResult = {
  /** Streams that did not bring every event, in order, and their end. */
  failures: number;
  /** The first failure, in words. */
  firstFailure: string | null;
  /** Chunks that held more than one event. */
  merged: number;
  events: number;
  /** From the server's write to the client's read, ms. */
  p50Ms: number;
};

/** Reads many streams at once, and how old each event is when it arrives. */
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

type Tally = { failures: string[]; merged: number; ages: number[] };

async function run(load: StreamLoad): Promise<StreamResult> {
  const tally: Tally = { failures: [], merged: 0, ages: [] };
  const streams = Array.from({ length: load.streams }, async (_, index) => {
    // spread over an interval: real streams do not tick together
    await new Promise((resolve) => setTimeout(resolve, (index * load.everyMs) / load.streams));
    const failure = await readOne(load, index, tally).catch((error: Error) => error.message);
    if (failure !== null) tally.failures.push(failure);
  });
  await Promise.all(streams);
  const { failures, merged, ages } = tally;
  const [firstFailure = null] = failures;
  return { failures: failures.length, firstFailure, merged, events: ages.length, p50Ms: median(ages) / 1_000 };
}

/** @returns what was wrong with the stream, or null */
async function readOne(load: StreamLoad, index: number, tally: Tally): Promise<string | null> {
  const reply = await open(load, load.bearers[index % load.bearers.length] ?? "");
  let seen = 0;
  let disorder: string | null = null;
  let isDone = false;
  // flowing: the chunks as they were framed; reading by iterator would join those that wait
  reply.on("data", (chunk: Buffer) => {
    const now = Number(process.hrtime.bigint() / 1_000n);
    const text = chunk.toString();
    const stamps = [...text.matchAll(/"n":(\d+),"at":(\d+)/g)];
    if (stamps.length > 1) tally.merged += 1;
    for (const [, n, at] of stamps) {
      if (Number(n) !== seen) disorder ??= `event ${n} came where ${seen} was expected`;
      seen += 1;
      tally.ages.push(now - Number(at));
    }
    if (text.includes("data: [DONE]")) isDone = true;
  });
  await finished(reply);
  if (reply.statusCode !== 200) return `status ${reply.statusCode}`;
  if (disorder !== null) return disorder;
  return seen === load.events && isDone ? null : `${seen} of ${load.events} events, ${isDone ? "ended" : "not ended"}`;
}

/** The stream server reads how many events, and how often, from `max_tokens` and `seed`. */
const open = ({ port, events, everyMs }: StreamLoad, bearer: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const messages = [{ role: "user", content: "Tell me all about order 4711." }];
    const body = JSON.stringify({ model: "support", stream: true, max_tokens: events, seed: everyMs, messages });
    const headers = { authorization: `Bearer ${bearer}`, "content-type": "application/json" };
    const options = { port, host: "127.0.0.1", method: "POST", path: "/v1/chat/completions", headers, agent };
    request(options, resolve).on("error", reject).end(body);
  });

answerMessages(run);
