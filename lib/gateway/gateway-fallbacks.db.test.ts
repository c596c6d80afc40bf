import { describe, expect, it } from "vitest";
import { newId } from "#lib/platform/ids.ts";
import { event } from "./testing/fake-node.ts";
import {
  allSeen,
  BASE,
  becomes,
  chat,
  errorOf,
  eventually,
  gatewayWorld,
  metricsOf,
  post,
  restart,
  said,
  setPool,
  setRoute,
  setTenant,
  startEndpoint,
  unload,
  write,
} from "./testing/gateway-world.ts";

const world = gatewayWorld();
const reasonOf = (reply: Response) => reply.headers.get("x-switchyard-fallback-reason");

describe("a hosted provider", () => {
  const policy = async () => {
    const { id, service } = await startEndpoint(world);
    await setTenant(world, { fallback: "hosted_provider", hostedEndpointId: id });
    await unload(world, world.fleet.v2.id);
    return service;
  };

  it("answers when no node can, asked for its own model with its own key, and told nothing of the customer", async () => {
    const service = await policy();
    const reply = await becomes(world, /^200 provider none hosted_provider$/);
    expect(reasonOf(reply)).toBe("no_node");
    service.seen.length = 0;
    const body = '{"model" : "support", "messages":[],"user":"u1"}';
    const headers = { cookie: "session=1", "x-tenant-id": "acme", "x-switchyard-simulated": "1" };
    expect((await post(world, "/v1/chat/completions", body, headers)).status).toBe(200);
    const [seen] = service.seen;
    expect([seen?.path, seen?.body]).toEqual(["/v1/chat/completions", body.replace('"support"', '"gpt-x"')]);
    expect(seen?.headers.authorization).toBe("Bearer provider-key");
    for (const name of ["cookie", "x-tenant-id", "x-switchyard-simulated"])
      expect(seen?.headers).not.toHaveProperty(name);
  });

  it("streams, and of its headers only those reach the customer that its body needs", async () => {
    const service = await policy();
    service.answer = ({ response, model }) => {
      response.writeHead(200, {
        "content-type": "text/event-stream",
        "set-cookie": "theirs=1",
        "openai-organization": "org-of-provider",
        "x-ratelimit-limit-requests": "9",
      });
      response.end(event(model, "hello"));
    };
    const reply = await becomes(world, /hosted_provider$/);
    const streamed = await chat(world, {}, { stream: true });
    expect(await streamed.text()).toContain("hello");
    for (const name of ["set-cookie", "openai-organization", "x-ratelimit-limit-requests"])
      expect([name, reply.headers.get(name)]).toEqual([name, null]);
  });

  it("that does not accept us, or sends us elsewhere, is no answer; its own trouble it may tell itself", async () => {
    const service = await policy();
    service.answer = ({ response }) => response.writeHead(401).end('{"error":"bad key of yours"}');
    expect(await errorOf(await becomes(world, /^502/))).toMatchObject({ code: "endpoint_refused" });
    service.answer = ({ response }) => response.writeHead(302, { location: "http://10.0.0.1/" }).end();
    const redirected = await becomes(world, /^502/);
    expect([(await errorOf(redirected)).code, redirected.headers.get("location")]).toEqual(["bad_reply", null]);
    service.answer = ({ response }) => response.writeHead(529).end('{"error":"overloaded"}');
    expect(await (await becomes(world, /^529 provider none hosted_provider/)).text()).toContain("overloaded");
  });

  it("is never an address of the cloud's own services", async () => {
    const { id } = await startEndpoint(world, { baseUrl: "http://169.254.169.254/v1" });
    await setTenant(world, { fallback: "hosted_provider", hostedEndpointId: id });
    await unload(world, world.fleet.v2.id);
    await becomes(world, /^503/);
  });
});

describe("the base model of CPU engines", () => {
  it("is asked neither as a fallback nor by name while an adapter is loaded there, and is again when none is", async () => {
    await setTenant(world, { allowBaseModel: true, fallback: "base_model" });
    await unload(world, world.fleet.v2.id);
    await becomes(world, /^200 node-[12] base base_model$/);
    await write(world, (client) => client.node.updateMany({ data: { backend: "cpu" } }));
    expect(await errorOf(await becomes(world, /^503/))).toMatchObject({ code: "no_node" });
    const byName = JSON.stringify({ model: BASE, messages: [] });
    expect((await post(world, "/v1/chat/completions", byName)).status).toBe(503);
    await write(world, (client) => client.registration.deleteMany());
    await write(world, (client) => client.placement.deleteMany());
    await becomes(world, /^200 node-[12] base base_model$/);
    expect((await post(world, "/v1/chat/completions", byName)).status).toBe(200);
  });
});

describe("an origin", () => {
  it("answers while nothing is live, as the route's own target, with the customer's own name for the model", async () => {
    const { id, service } = await startEndpoint(world, { names: ["support"], model: null });
    await setRoute(world, { liveVersionId: null, previousVersionId: null, originEndpointId: id });
    const reply = await eventually(async () => {
      const answer = await chat(world, {}, { model: "support" });
      expect(said(answer.headers)).toBe("provider none origin");
      return answer;
    });
    expect([reply.status, reasonOf(reply)]).toEqual([200, null]);
    expect(service.seen.at(-1)?.model).toBe("support");
    expect(await errorOf(await chat(world))).toMatchObject({ status: 400, code: "model_missing", param: "model" });
  });

  it("says itself what is wrong with a request", async () => {
    const { id, service } = await startEndpoint(world);
    service.answer = ({ response }) => response.writeHead(422, { "retry-after": "7" }).end('{"error":"theirs"}');
    await setRoute(world, { liveVersionId: null, previousVersionId: null, originEndpointId: id });
    const reply = await becomes(world, /^422 provider none origin$/);
    expect([await reply.text(), reply.headers.get("retry-after")]).toEqual(['{"error":"theirs"}', "7"]);
  });
});

describe("a pool that is full", () => {
  it("sends a request on to what its tenant's policy says, and says why", async () => {
    const { id } = await startEndpoint(world);
    await setTenant(world, { fallback: "hosted_provider", hostedEndpointId: id });
    await setPool(world, { maxInFlight: 1, queueMax: 1, maxBatchWaitMs: 0 });
    await restart(world);
    for (const node of world.nodes) node.answer = () => {};
    const held = [chat(world), chat(world)];
    await eventually(() => expect(allSeen(world)).toHaveLength(2));
    const queued = chat(world);
    await eventually(async () =>
      expect(await metricsOf(world)).toContain(`switchyard_gateway_queued{pool="${world.fleet.poolId}"} 1`),
    );
    const reply = await chat(world);
    expect(`${said(reply.headers)} ${reasonOf(reply)}`).toBe("provider none hosted_provider saturated");
    for (const node of world.nodes) node.answer = ({ response }) => response.end("{}");
    for (const { response } of allSeen(world)) response.end("{}");
    for (const waited of [...held, queued]) expect(said((await waited).headers)).toMatch(/v2 primary$/);
  });
});

describe("what is set by hand", () => {
  const control = (kind: "serve_previous" | "serve_fallback" | "shed", seconds = 60) =>
    write(world, (client) =>
      client.control.create({
        data: {
          id: newId("control"),
          kind,
          tenantId: world.fleet.acme,
          reason: "test",
          startedBy: "test",
          startedAt: new Date(),
          expiresAt: new Date(Date.now() + seconds * 1000),
        },
      }),
    );

  it.each([
    ["serve_previous", /^200 node-[12] v1 previous_version$/],
    ["serve_fallback", /^200 node-[12] base base_model$/],
  ] as const)("%s works within two seconds, says so, and ends by itself", async (kind, expected) => {
    const setAt = Date.now();
    await control(kind, 4);
    const reply = await becomes(world, expected);
    expect(Date.now() - setAt).toBeLessThan(2_000);
    expect(reasonOf(reply)).toBe("control");
    await becomes(world, /^200 node-[12] v2 primary$/);
    expect(Date.now() - setAt).toBeGreaterThan(3_500);
  });

  it("a cordon keeps customers off a node until its time is up, though nobody puts the node back", async () => {
    const usual = (await becomes(world, /^200 node-[12] v2 primary$/)).headers.get("x-switchyard-served-by");
    const nodeId = world.fleet.nodeIds[usual === "node-1" ? 0 : 1] ?? "";
    const startedAt = new Date();
    const expiresAt = new Date(startedAt.getTime() + 3_000);
    const said = { reason: "test", startedBy: "test", startedAt, expiresAt };
    await write(world, async (client) => {
      await client.node.update({ where: { id: nodeId }, data: { cordoned: true } });
      await client.control.create({ data: { id: newId("control"), kind: "cordon", nodeId, ...said } });
    });
    await becomes(world, new RegExp(`^200 node-${usual === "node-1" ? 2 : 1} v2 primary$`));
    expect(Date.now() - startedAt.getTime()).toBeLessThan(2_000);
    await becomes(world, new RegExp(`^200 ${usual} v2 primary$`));
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt.getTime());
  });

  it("shed turns a tenant away with 429, and when to come back", async () => {
    await control("shed");
    const reply = await becomes(world, /^429/);
    expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(30);
    expect(await errorOf(reply)).toMatchObject({ code: "tenant_shed", type: "rate_limit_exceeded" });
  });
});
