import { describe, expect, it } from "vitest";
import { replyHeaders, requestHeaders } from "./hop-headers.ts";

describe("replyHeaders", () => {
  it("drops what belongs to one connection, and what only we may say", () => {
    const headers = {
      "content-type": "application/json",
      "content-length": "12",
      "x-switchyard-simulated": "1",
      connection: "keep-alive, X-Private",
      "keep-alive": "timeout=5",
      "transfer-encoding": "chunked",
      "x-private": "1",
      "x-request-id": "chatcmpl-1",
      "x-switchyard-via": "primary",
      "set-cookie": ["a=1"],
    };
    expect(replyHeaders(headers)).toEqual({
      "content-type": "application/json",
      "content-length": "12",
      "x-switchyard-simulated": "1",
      "set-cookie": ["a=1"],
    });
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
    expect(sent).toEqual({
      "content-type": "application/json",
      "x-request-id": "req_1",
      accept: "text/event-stream",
      traceparent: "00-1-2-01",
    });
  });
});
