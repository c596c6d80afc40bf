import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "#lib/platform/clock.ts";
import { silentLog } from "#lib/platform/log.ts";
import { ChatRequestSchema } from "#lib/vllm/schema.ts";
import { DEMO_TENANTS } from "./companies.ts";
import { DESKS } from "./desks.ts";
import { chatBody, runTraffic } from "./run-traffic.ts";
import { DEMO_TRAFFIC, TrafficPlan } from "./traffic-plan.ts";

let gateway: Server | null = null;
afterEach(() => gateway?.close());

const arrival = { afterMs: 0, tenantSlug: "northwind", isStream: true, usesTools: true, question: 4321 };

describe("chatBody", () => {
  it("is a request vLLM takes, with a number in its question", () => {
    for (const tenant of DEMO_TENANTS) {
      const body = chatBody(tenant, arrival);
      expect(ChatRequestSchema.parse(body).model).toBe(DESKS[tenant.desk].adapterSlug);
      expect(body.messages[1]?.content).not.toContain("#");
      expect(body.tools?.length).toBeGreaterThanOrEqual(2);
    }
    const { tools, stream } = chatBody(DEMO_TENANTS[0] as never, { ...arrival, isStream: false, usesTools: false });
    expect([tools, stream]).toEqual([undefined, undefined]);
  });
});

describe("runTraffic", () => {
  it("speaks for each tenant through the gateway, counts what came of it and ends with the signal", async () => {
    const stopping = new AbortController();
    const seen: string[] = [];
    const header = () => (seen.length < 20 ? "x-tenant-id" : "x-customer"); // an administrator changes it in between
    const server = createServer((request, response) => {
      const named = ["x-tenant-id", "x-customer"].filter((name) => request.headers[name] === "northwind");
      seen.push(`${request.headers.authorization} ${named.join()} ${request.url}`);
      response.statusCode = seen.length % 2 === 0 ? 503 : 200;
      response.end("{}", () => seen.length >= 40 && stopping.abort());
    });
    gateway = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const counts = await runTraffic({
      gatewayUrl: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
      apiKey: "k",
      plan: new TrafficPlan({ ...DEMO_TRAFFIC, rate: 500 }, Math.random),
      callers: () => ({ tenants: DEMO_TENANTS.slice(0, 1), tenantHeader: header() }),
      clock: systemClock,
      log: silentLog,
      signal: stopping.signal,
    });
    expect(seen[0]).toBe("Bearer k x-tenant-id /v1/chat/completions");
    expect(seen.at(-1)).toBe("Bearer k x-customer /v1/chat/completions");
    expect(counts.answered).toBeGreaterThanOrEqual(2);
    expect(counts.refused).toBeGreaterThanOrEqual(2);
    expect(counts.failed).toBe(0);
  });
});
