import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError } from "#lib/api/client.ts";
import { addPool, startNode } from "#lib/api/testing/fleet.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { SIMULATED_HEADER } from "#lib/vllm/schema.ts";
import { recorded } from "#lib/vllm/testdata/recorded.ts";

let api: TestApi;
let poolId: string;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  api = await createTestApi();
  poolId = (await addPool(api.admin, api.deps.adapterStore)).id;
});
afterAll(async () => {
  for (const close of closing) await close();
  await api.close();
});

const add = (name: string, baseUrl: string, more: object = {}) =>
  api.admin.call("POST /nodes", { body: { poolId, name, baseUrl, ...more } });
const problemOf = async (call: Promise<unknown>) => {
  const error = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw new Error("expected the API to refuse");
  return error.problem;
};
const node = async (...args: Parameters<typeof startNode>) => {
  const started = await startNode(...args);
  closing.push(() => started.stop());
  return started;
};

type Reply = { status: number; headers: Record<string, string>; body: string };
/** A server that answers given paths as told and everything else with 404. */
async function serve(replies: Record<string, Reply>): Promise<string> {
  const server = createServer((request, response) => {
    const reply = replies[request.url ?? ""] ?? { status: 404, headers: {}, body: '{"detail":"Not Found"}' };
    const { "content-length": _length, ...headers } = reply.headers;
    response.writeHead(reply.status, headers).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const ok = (body: string): Reply => ({ status: 200, headers: {}, body });
/** As recorded, but as long as this pool's requests may be. */
const models = { ...recorded("models", "before-load") };
models.body = models.body.replace('"max_model_len":2048', '"max_model_len":8192');
/** What a good node of this pool answers, from recordings; each bad one differs in one reply. */
const goodReplies = (): Record<string, Reply> => ({
  "/v1/models": models,
  "/version": recorded("plain", "version"),
  "/health": recorded("plain", "health"),
  "/metrics": ok("process_start_time_seconds 1764000000\n"),
  "/v1/load_lora_adapter": recorded("load", "empty-name"),
  "/v1/completions": recorded("completions", "unknown-model"),
});

describe("adding a node", () => {
  it("keeps what the first inspection found, and seals the key", async () => {
    const guarded = await node("good-node", 0, { apiKey: "node-secret" });
    const { report, ...added } = await add("good-node", guarded.url, { apiKey: "node-secret", gpu: "A100" });
    expect(added).toMatchObject({
      name: "good-node",
      hasKey: true,
      engineVersion: "0.32.0",
      health: "unknown",
      limits: { maxLoras: { value: 4, source: "measured" }, maxModelLen: { value: 8192, source: "measured" } },
      findings: { problems: 0, warnings: 2 },
    });
    // doors that no key closes, as on every real vLLM of this age
    expect(report.filter(({ severity }) => severity === "warning").map(({ code }) => code)).toEqual([
      "open_adapters",
      "open_invocations",
    ]);
    const row = await api.deps.db.read(platformScope, ({ client }) =>
      client.node.findUnique({ where: { id: added.id } }),
    );
    expect(row?.sealedKey).not.toContain("node-secret");
    expect(api.deps.secrets.open(row?.sealedKey ?? "", `Node.sealedKey:${added.id}`)).toBe("node-secret");
    const audit = await api.admin.call("GET /audit", { query: { objectId: added.id } });
    expect(audit.items.map(({ action }) => action)).toEqual(["node.add"]);
    expect(JSON.stringify(audit)).not.toContain("node-secret");
  });

  it("sees that a node is simulated, and warns that it asks for no key", async () => {
    const started = await node("sim-node");
    const added = await add("sim-node", `${started.url}/`);
    expect(added).toMatchObject({ simulated: true, baseUrl: started.url, hasKey: false });
    expect(added.report.filter(({ severity }) => severity === "warning").map(({ code }) => code)).toEqual([
      "no_api_key",
      "open_adapters",
      "open_invocations",
    ]);
    const reply = await fetch(`${started.url}/v1/models`);
    expect(reply.headers.get(SIMULATED_HEADER)).toBe("1");
  });

  it.each<[string, string, Partial<Record<string, Reply>>]>([
    [
      "baseUrl",
      "not_vllm",
      { "/v1/models": { status: 200, headers: { "content-type": "text/html" }, body: "<!doctype html>" } },
    ],
    ["baseUrl", "not_vllm", { "/v1/models": ok('{"models":[]}') }],
    ["apiKey", "node_unauthorized", { "/v1/models": recorded("auth", "models-wrong-key") }],
    [
      "baseUrl",
      "base_model_mismatch",
      { "/v1/models": ok(models.body.replaceAll("switchyard/tiny-llama", "other/model")) },
    ],
    ["baseUrl", "lora_updates_off", { "/v1/load_lora_adapter": recorded("load", "runtime-updating-off") }],
    ["baseUrl", "engine_dead", { "/health": { status: 503, headers: {}, body: "" } }],
    ["baseUrl", "serves_unknown_names", { "/v1/completions": recorded("completions", "echo-base") }],
  ])("is refused at %s with %s, and changes nothing", async (field, code, change) => {
    const baseUrl = await serve({ ...goodReplies(), ...(change as Record<string, Reply>) });
    const problem = await problemOf(add("bad-node", baseUrl));
    expect(problem).toMatchObject({ status: 422, code, errors: [{ field, code }] });
    expect(problem.errors[0]?.fix).not.toBe("");
    expect((await api.admin.call("GET /nodes", { query: {} })).items.map(({ name }) => name)).not.toContain("bad-node");
  });

  it.each([
    ["http://127.0.0.1:1", "node_unreachable"],
    ["http://169.254.169.254/latest", "forbidden_address"],
    ["ftp://10.0.0.1", "bad_scheme"],
    ["http://user:pass@10.0.0.1", "credentials_in_url"],
    ["not a url", "bad_url"],
  ])("is refused for the address %s with %s", async (baseUrl, code) => {
    expect(await problemOf(add("bad-node", baseUrl))).toMatchObject({
      status: 422,
      errors: [{ field: "baseUrl", code }],
    });
  });

  it("is refused when name or address are taken", async () => {
    const taken = await serve(goodReplies());
    await add("first-node", taken);
    expect(await problemOf(add("first-node", await serve(goodReplies())))).toMatchObject({
      status: 409,
      code: "name_taken",
    });
    expect(await problemOf(add("second-node", taken))).toMatchObject({
      status: 409,
      code: "base_url_taken",
      errors: [{ field: "baseUrl" }],
    });
  });
});

describe("starting a node", () => {
  it("takes the command that the pool's settings make", async () => {
    const { text } = await api.admin.call("GET /pools/{poolId}/launch-command", {
      params: { poolId },
      query: { port: 9000 },
    });
    expect(text).toContain("vllm serve switchyard/tiny-llama");
    for (const flag of ["--port 9000", "--max-loras 4", "--max-cpu-loras 8", "--max-lora-rank 16"])
      expect(text).toContain(flag);
  });
});

describe("a node in service", () => {
  it("is cordoned and opened again by on-call, each with one audit row and one event", async () => {
    const { id } = await add("cordoned-node", await serve(goodReplies()));
    const operator = await api.clientWith(["platform:operate"]);
    expect(await operator.call("POST /nodes/{nodeId}/cordon", { params: { nodeId: id } })).toMatchObject({
      cordoned: true,
      generation: 2,
    });
    await operator.call("POST /nodes/{nodeId}/cordon", { params: { nodeId: id } });
    expect(await operator.call("POST /nodes/{nodeId}/uncordon", { params: { nodeId: id } })).toMatchObject({
      cordoned: false,
      generation: 3,
    });
    const events = await operator.call("GET /nodes/{nodeId}/events", { params: { nodeId: id }, query: {} });
    expect(events.items.map(({ kind }) => kind)).toEqual(["uncordon", "cordon", "inspect"]);
    const params = { nodeId: id };
    const only = await operator.call("GET /nodes/{nodeId}/events", { params, query: { kind: "cordon" } });
    expect(only.items.map(({ kind }) => kind)).toEqual(["cordon"]);
    const failed = await operator.call("GET /nodes/{nodeId}/events", { params, query: { outcome: "failed" } });
    expect(failed.items).toEqual([]);
    const audit = await api.admin.call("GET /audit", { query: { objectId: id } });
    expect(audit.items.map(({ action }) => action)).toEqual([
      "node.uncordon",
      "node.cordon",
      "node.cordon",
      "node.add",
    ]);
  });

  it("is removed when nothing is held on it", async () => {
    const { id } = await add("short-lived", await serve(goodReplies()));
    await api.admin.call("DELETE /nodes/{nodeId}", { params: { nodeId: id } });
    expect(await problemOf(api.admin.call("GET /nodes/{nodeId}", { params: { nodeId: id } }))).toMatchObject({
      status: 404,
    });
  });

  it("is no customer's business, and an auditor may only read", async () => {
    const tenant = await api.admin.call("POST /tenants", { body: { slug: "initech", name: "Initech" } });
    const customer = await api.clientWith(["tenant:admin"], tenant.id);
    expect(await problemOf(customer.call("GET /nodes", { query: {} }))).toMatchObject({ status: 403 });
    const auditor = await api.clientWith(["platform:read"]);
    const { items } = await auditor.call("GET /nodes", { query: { poolId } });
    const nodeId = items[0]?.id ?? "";
    expect(await problemOf(auditor.call("POST /nodes/{nodeId}/cordon", { params: { nodeId } }))).toMatchObject({
      status: 403,
    });
  });
});
