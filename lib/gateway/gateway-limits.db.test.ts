import OpenAI, { RateLimitError } from "openai";
import { describe, expect, it } from "vitest";
import {
  allSeen,
  chat,
  errorOf,
  eventually,
  gatewayWorld,
  MESSAGES,
  metricsOf,
  readTraces,
  restart,
  said,
  setPool,
  setTenant,
  start,
  url,
  write,
} from "./testing/gateway-world.ts";
import { ACME_KEY, TRUSTED_KEY } from "./testing/make-snapshot.ts";

const world = gatewayWorld();
const held = () => {
  for (const node of world.nodes) node.answer = () => {};
};
const releaseHold = () => {
  for (const node of world.nodes) node.answer = ({ response }) => response.end("{}");
  for (const { response } of allSeen(world)) response.end("{}");
};
const queued = (count: number) =>
  eventually(async () =>
    expect(await metricsOf(world)).toContain(`switchyard_gateway_queued{pool="${world.fleet.poolId}"} ${count}`),
  );

describe("a tenant with limits", () => {
  const client = () => new OpenAI({ baseURL: url(world, "/v1"), apiKey: ACME_KEY, maxRetries: 0 });
  const ask = (body: object = {}) =>
    client()
      .chat.completions.create({ model: "support", messages: MESSAGES, ...body })
      .withResponse();

  it("is told what is left on every reply, and 429 with a time to come back, as OpenAI's client reads it", async () => {
    await setTenant(world, { requestsPerMinute: 2, tokensPerMinute: 1_000 });
    await restart(world);
    const { response } = await ask({ max_tokens: 100 });
    const told = (name: string) => response.headers.get(`x-ratelimit-${name}`);
    expect([told("limit-requests"), told("remaining-requests")]).toEqual(["2", "1"]);
    expect([told("limit-tokens"), told("reset-requests")]).toEqual(["1000", expect.stringMatching(/^\d+(\.\d+)?s$/)]);
    expect(Number(told("remaining-tokens"))).toBeLessThan(900);
    await ask({ max_tokens: 100 });
    const error = await ask().catch((thrown: unknown) => thrown);
    if (!(error instanceof RateLimitError)) throw error;
    expect(error).toMatchObject({ status: 429, code: "requests_per_minute", type: "rate_limit_exceeded" });
    expect(Number(error.headers.get("retry-after"))).toBeGreaterThan(10);
    expect(error.headers.get("x-ratelimit-remaining-requests")).toBe("0");
    await world.gateway.stop();
    expect((await readTraces(world)).map(({ status, reason }) => [status, reason])).toEqual([
      [200, null],
      [200, null],
      [429, "requests_per_minute"],
    ]);
    world.gateway = await start(world);
  });

  it("pays what a reply really took, and is told when a request could never fit", async () => {
    await setTenant(world, { tokensPerMinute: 1_000 });
    await restart(world);
    await (await chat(world, {}, { max_tokens: 900 })).text();
    // the node said 16 tokens
    const reply = await chat(world, {}, { max_tokens: 900 });
    expect([reply.status, Number(reply.headers.get("x-ratelimit-remaining-tokens"))]).toEqual([
      200,
      expect.any(Number),
    ]);
    await reply.text();
    const never = await chat(world, {}, { max_tokens: 500, n: 3 });
    expect(await errorOf(never)).toMatchObject({ status: 400, code: "tokens_over_limit" });
  });

  it("may take only so many tokens in one request, and none of the refused ones are charged", async () => {
    await setTenant(world, { tokensPerRequest: 300 });
    await restart(world);
    const large = await chat(world, {}, { max_tokens: 400 });
    expect(await errorOf(large)).toMatchObject({ status: 400, code: "tokens_over_limit" });
    const small = await chat(world, {}, { max_tokens: 100 });
    await small.text();
    expect([small.status, allSeen(world)]).toEqual([200, [expect.anything()]]);
  });

  it("may have only so many requests running; evaluations on its behalf do not count", async () => {
    await setTenant(world, { maxConcurrent: 1 });
    await restart(world);
    held();
    const running = chat(world);
    await eventually(() => expect(allSeen(world)).toHaveLength(1));
    expect(await errorOf(await chat(world))).toMatchObject({ status: 429, code: "concurrent_requests" });
    const evaluation = chat(world, {
      authorization: `Bearer ${TRUSTED_KEY}`,
      "x-tenant-id": "acme",
      "x-switchyard-kind": "eval",
    });
    await eventually(() => expect(allSeen(world)).toHaveLength(2));
    releaseHold();
    expect([(await running).status, (await evaluation).status]).toEqual([200, 200]);
    expect((await chat(world)).status).toBe(200);
  });
});

describe("a full pool", () => {
  const narrow = async (change: { queueMax?: number; saturationWaitMs?: number } = {}) => {
    await setTenant(world, { fallback: "reject" });
    await setPool(world, { maxInFlight: 1, maxBatchWaitMs: 0, ...change });
    await restart(world);
    held();
  };
  const fill = async () => {
    const running = [chat(world), chat(world)];
    await eventually(() => expect(allSeen(world)).toHaveLength(2));
    return running;
  };

  it("lets requests wait, and turns away with a time to come back when too many do", async () => {
    await narrow({ queueMax: 1 });
    const running = await fill();
    const waiting = chat(world);
    await queued(1);
    const refused = await chat(world);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(await errorOf(refused)).toMatchObject({ status: 429, code: "queue_full", type: "rate_limit_exceeded" });
    releaseHold();
    for (const reply of [...running, waiting]) expect((await reply).status).toBe(200);
    await world.gateway.stop();
    const traces = await readTraces(world);
    expect(traces.filter(({ queuedMs }) => (queuedMs ?? 0) > 0)).toHaveLength(1);
    expect(traces.find(({ status }) => status === 429)).toMatchObject({ attempts: 0, nodeId: null, queuedMs: null });
    world.gateway = await start(world);
  });

  it("forgets who leaves while waiting", async () => {
    await narrow();
    const running = await fill();
    const leave = new AbortController();
    const gone = fetch(url(world, "/v1/chat/completions"), {
      method: "POST",
      body: "{}",
      headers: { authorization: `Bearer ${ACME_KEY}` },
      signal: leave.signal,
    }).catch(() => "left");
    await queued(1);
    leave.abort();
    expect(await gone).toBe("left");
    await queued(0);
    releaseHold();
    await Promise.all(running);
    expect(allSeen(world)).toHaveLength(2);
  });

  it("answers 504 to who waited as long as it said it would, in the queue and on the node", async () => {
    await narrow({ saturationWaitMs: 10_000 }); // longer than the caller waits, also on a slow machine
    const onNode = chat(world, { "x-request-timeout-ms": "300" });
    const other = chat(world);
    await eventually(() => expect(allSeen(world)).toHaveLength(2));
    const inQueue = chat(world, { "x-stainless-timeout": "0.2" });
    for (const reply of await Promise.all([onNode, inQueue]))
      expect(await errorOf(reply)).toMatchObject({ status: 504, code: "deadline_exceeded" });
    // which of the two came first is the network's choice
    const timed = allSeen(world).find(({ headers }) => "x-request-timeout-ms" in headers);
    expect(Number(timed?.headers["x-request-timeout-ms"])).toBeGreaterThan(0);
    await timed?.gone;
    releaseHold();
    expect((await other).status).toBe(200);
    expect(await errorOf(await chat(world, { "x-request-timeout-ms": "soon" }))).toMatchObject({
      code: "bad_deadline",
    });
  });

  it("is emptied before the gateway ends: who waits at SIGTERM is answered", async () => {
    await narrow();
    const running = await fill();
    const waiting = [chat(world), chat(world)];
    await queued(2);
    const stopped = world.gateway.stop();
    await eventually(() => expect(fetch(url(world, "/livez"))).rejects.toThrow());
    releaseHold();
    for (const reply of await Promise.all([...running, ...waiting])) expect(said(reply.headers)).toMatch(/v2 primary$/);
    await stopped;
    world.gateway = await start(world);
  });
});

describe("keys", () => {
  it("are refused within the notification of their end, though they were good a moment ago", async () => {
    expect((await chat(world)).status).toBe(200);
    const revokedAt = Date.now();
    await write(world, (client) =>
      client.apiKey.updateMany({ where: { tenantId: world.fleet.acme }, data: { revokedAt: new Date() } }),
    );
    await eventually(async () => expect((await chat(world)).status).toBe(401));
    expect(Date.now() - revokedAt).toBeLessThan(2_000);
  });
});
