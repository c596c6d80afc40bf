import type { IncomingMessage, ServerResponse } from "node:http";
import { SIMULATED_HEADER } from "#lib/vllm/schema.ts";
import type { EngineProfile } from "../engine-profile.ts";

/** A refusal as vLLM would answer it. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    message: string,
    readonly param: string | null = null,
  ) {
    super(message);
    this.name = "HttpError";
  }
}

export const badRequest = (message: string, param: string | null = null) =>
  new HttpError(400, "BadRequestError", message, param);

/** Largest body read, in bytes. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    [SIMULATED_HEADER]: "1",
  });
  response.end(text);
}

/** vLLM's answer to a load: a raw body without a content type. */
export function sendRaw(response: ServerResponse, status: number, body: string, contentType?: string): void {
  response.writeHead(status, {
    ...(contentType ? { "content-type": contentType } : {}),
    "content-length": Buffer.byteLength(body),
    [SIMULATED_HEADER]: "1",
  });
  response.end(body);
}

export type EventStream = {
  /** Writes one event at once; the first one opens the stream. @param name where the protocol names its events */
  send(data: string, name?: string): void;
  end(): void;
  /** Runs `work`; once the stream is open its status is gone, so a failure becomes an event, as in vLLM. */
  guard(work: () => Promise<void>): Promise<void>;
};

/** A stream of server-sent events whose status stays open until there is something to send. */
export function lazyStream(response: ServerResponse): EventStream {
  const send = (data: string, name?: string) => {
    if (!response.headersSent) {
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", [SIMULATED_HEADER]: "1" });
      response.flushHeaders();
    }
    response.write(`${name === undefined ? "" : `event: ${name}\n`}data: ${data}\n\n`);
  };
  return {
    send,
    end: () => void response.end("data: [DONE]\n\n"),
    async guard(work) {
      try {
        await work();
      } catch (error) {
        if (!response.headersSent || response.destroyed) throw error;
        const message = error instanceof Error ? error.message : String(error);
        send(JSON.stringify({ error: { message, type: "InternalServerError", param: null, code: 500 } }));
        response.end("data: [DONE]\n\n");
        throw error;
      }
    },
  };
}

/** The error body of a release: nested since 0.10.1, flat before. */
export function errorBody(error: HttpError, profile: EngineProfile): unknown {
  const message = profile.sanitisesPaths ? withoutPaths(error.message) : error.message;
  const fields = { message, type: error.type, param: error.param, code: error.status };
  return profile.nestsErrors ? { error: fields } : { object: "error", ...fields };
}

/** vLLM's `sanitize_message`. */
const withoutPaths = (message: string): string =>
  message
    .replace(/\/(?:home|usr|opt|var|tmp|root|lib|mnt|srv)(?:\/[\w.-]+)+/g, "<path>")
    .replace(/(?:\/[\w-]+)+\/[\w-]+\.\w+/g, "<path>")
    .trim();

/** @throws HttpError 400 for a wrong content type, a body that is too large, or one that is not JSON */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json")
    throw validationError([`Unsupported Media Type: Only 'application/json' is allowed`], null);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) throw new HttpError(413, "Request Entity Too Large", "Request body too large");
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = /at position (\d+)/.exec(error instanceof Error ? error.message : "");
    const location = `body.${place?.[1] ?? text.length}`;
    const line =
      `{'type': 'json_invalid', 'loc': '${location}', 'msg': 'JSON decode error', 'input': '<dict of 0 items>', ` +
      "'ctx': {'error': 'Expecting value'}}";
    throw validationError([line], location);
  }
}

/** How pydantic's errors reach the caller. */
export function validationError(lines: readonly string[], param: string | null): HttpError {
  const label = lines.length === 1 ? "error" : "errors";
  const message = `${lines.length} validation ${label}:\n${lines.map((line) => `  ${line}`).join("\n")}`;
  return new HttpError(400, "Bad Request", message, param);
}
