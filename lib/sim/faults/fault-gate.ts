import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { SIMULATED_HEADER } from "#lib/vllm/schema.ts";
import type { EngineProfile } from "../engine-profile.ts";
import { errorBody, HttpError, sendJson, sendRaw } from "../http/reply.ts";
import type { Fault } from "./fault.ts";
import type { FaultList } from "./fault-list.ts";
import { cutReply, holdReply } from "./held-reply.ts";

const DEFAULT_DELAY_MS = 1000;
const DEFAULT_METRICS_BYTES = 64_000_000;

export type FaultGate = {
  listener: RequestListener;
  /** Ends what hangs and sends what is held back. */
  release(): void;
};

/** Stands before a node's routes and lets the active faults happen to a request. */
export function faultGate(faults: FaultList, profile: EngineProfile, next: RequestListener): FaultGate {
  const hanging = new Set<ServerResponse>();
  let released = new AbortController();
  const listener: RequestListener = (request, response) => {
    const method = request.method ?? "GET";
    const { pathname: path } = new URL(request.url ?? "/", "http://node");
    for (const fault of faults.strike({ method, path })) {
      if (fault.kind === "hang") {
        hanging.add(response);
        response.once("close", () => hanging.delete(response));
      }
      if (fault.kind === "slow") sendLater(response, fault, released.signal);
      if (strike(fault, request, response, profile)) return;
    }
    next(request, response);
  };
  return {
    listener,
    release() {
      released.abort();
      released = new AbortController();
      for (const response of hanging) response.destroy();
    },
  };
}

/** @returns whether the request ends here */
function strike(fault: Fault, request: IncomingMessage, response: ServerResponse, profile: EngineProfile): boolean {
  switch (fault.kind) {
    case "refuse":
    case "flap":
      request.socket.destroy();
      return true;
    case "hang":
      request.resume();
      return true;
    case "error":
      request.resume();
      sendError(response, fault.status ?? 500, profile);
      return true;
    case "html":
      request.resume();
      sendRaw(response, fault.status ?? 200, htmlPage(fault.status ?? 200), "text/html");
      return true;
    case "huge_metrics":
      request.resume();
      void sendFiller(response, fault.bytes ?? DEFAULT_METRICS_BYTES);
      return true;
    case "reset":
      cutReply(response, "reset");
      return false;
    case "half_body":
      cutReply(response, "close");
      return false;
    case "slow":
    case "lost_adapter":
    case "failing_adapter":
    case "silent_load":
    case "clock_skew":
      return false;
  }
}

function sendLater(response: ServerResponse, fault: Fault, signal: AbortSignal): void {
  const send = holdReply(response);
  sleep(fault.delayMs ?? DEFAULT_DELAY_MS, undefined, { signal }).then(send, send);
}

function sendError(response: ServerResponse, status: number, profile: EngineProfile): void {
  const type = status >= 500 ? "InternalServerError" : "BadRequestError";
  const body = errorBody(new HttpError(status, type, "simulated fault"), profile);
  sendJson(response, status, status === 401 ? { error: "Unauthorized" } : body);
}

const htmlPage = (status: number) =>
  `<!DOCTYPE html>\n<html><head><title>${status}</title></head><body><center><h1>Gateway</h1></center></body></html>\n`;

/** Valid exposition of one family with as many series as it takes; never more in memory than the client reads. */
async function sendFiller(response: ServerResponse, bytes: number): Promise<void> {
  response.writeHead(200, { "content-type": "text/plain; version=1.0.0; charset=utf-8", [SIMULATED_HEADER]: "1" });
  await pipeline(Readable.from(fillerOf(bytes)), response).catch(() => response.destroy());
}

function* fillerOf(bytes: number): Generator<string> {
  yield "# TYPE simulated_filler gauge\n";
  for (let sent = 0, series = 0; sent < bytes; ) {
    const lines = Array.from({ length: 1000 }, (_, at) => `simulated_filler{series="${series + at}"} 1.0\n`);
    series += lines.length;
    const chunk = lines.join("");
    sent += chunk.length;
    yield chunk;
  }
}
