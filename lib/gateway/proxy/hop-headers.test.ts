import { describe, expect, it } from "vitest";
import { passReplyHeaders, requestHeaders } from "./hop-headers.ts";

const passed = (headers: Record<string, string>, from: "node" | "endpoint") => {
  const into: string[] = [];
  passReplyHeaders(Object.entries(headers).flat(), from, into);
  return into;
};

describe("passReplyHeaders", () => {
  const reply = {
    "content-type": "application/json",
    "content-length": "12",
    "x-switchyard-simulated": "1",
    connection: "keep-alive, X-Private",
    "keep-alive": "timeout=5",
    "transfer-encoding": "chunked",
    "x-private": "1",
    "x-private-too": "2",
    "x-request-id": "chatcmpl-1",
    "x-switchyard-via": "primary",
    "x-ratelimit-limit-requests": "1",
    "set-cookie": "a=1",
    vary: "a, b",
  };

  it("drops what belongs to one connection, cookies, and what only we may say", () => {
    expect(passed(reply, "node")).toEqual([
      ...["content-type", "application/json", "content-length", "12"],
      ...["x-switchyard-simulated", "1", "x-private-too", "2", "vary", "a, b"],
    ]);
  });

  it("takes from a foreign service only what the body needs, and when to come back", () => {
    const foreign = { ...reply, "retry-after": "3", server: "somebody", "openai-organization": "org-secret" };
    expect(passed(foreign, "endpoint")).toEqual([
      ...["content-type", "application/json", "content-length", "12", "retry-after", "3"],
    ]);
  });
});

describe("requestHeaders", () => {
  it("sends a node no credential of the client", () => {
    const sent = requestHeaders(
      {
        authorization: "Bearer secret",
        cookie: "session=1",
        "x-tenant-id": "acme",
        accept: "text/event-stream",
        traceparent: "00-1-2-01",
        "transfer-encoding": "chunked",
        host: "gateway",
      },
      "req_1",
    );
    expect(sent).toEqual([
      ...["content-type", "application/json", "x-request-id", "req_1"],
      ...["accept", "text/event-stream", "traceparent", "00-1-2-01"],
    ]);
  });
});
