import { Agent, type IncomingMessage, request } from "node:http";
import { finished } from "node:stream/promises";
import { streamBody } from "./bodies.ts";
import { monotonicMicros, type StreamLoad, type StreamResult } from "./stream-messages.ts";

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
  const ages = Float64Array.from(tally.ages).sort();
  const quantile = (q: number) => (ages[Math.min(ages.length - 1, Math.floor(ages.length * q))] ?? Number.NaN) / 1_000;
  return {
    failures: tally.failures.length,
    firstFailure: tally.failures[0] ?? null,
    merged: tally.merged,
    events: ages.length,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  };
}

/** @returns what was wrong with the stream, or null */
async function readOne(load: StreamLoad, index: number, tally: Tally): Promise<string | null> {
  const reply = await open(load, load.bearers[index % load.bearers.length] ?? "");
  let seen = 0;
  let disorder: string | null = null;
  let isDone = false;
  // flowing: the chunks as they were framed; reading by iterator would join those that wait
  reply.on("data", (chunk: Buffer) => {
    const now = monotonicMicros();
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

const open = ({ port, events, everyMs }: StreamLoad, bearer: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const body = streamBody(events, everyMs);
    const headers = {
      authorization: `Bearer ${bearer}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    };
    const call = request({ port, host: "127.0.0.1", method: "POST", path: "/v1/chat/completions", headers, agent });
    call.on("response", resolve);
    call.on("error", reject);
    call.end(body);
  });

process.on("message", (load: StreamLoad) => void run(load).then((result) => process.send?.(result)));
process.once("disconnect", () => process.exit(0));
