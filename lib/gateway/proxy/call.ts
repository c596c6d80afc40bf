import type { IncomingHttpHeaders } from "node:http";
import type { LimitHold } from "../admission/limits.ts";
import type { BodyCharge } from "../front/body-intake.ts";
import type { Client } from "../front/client.ts";
import type { Caller } from "../front/identify-caller.ts";
import type { Observation } from "../observe/observation.ts";
import type { Target } from "../routing/resolve-target.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { type Body, plainBody } from "../upstream/body.ts";
import { type Located, spliceModel } from "./splice-model.ts";

/** One accepted request: who asks, what for, and the body as it came. */
export type Call = {
  client: Client;
  /** Such as `/v1/chat/completions`. */
  path: string;
  caller: Caller;
  /** It was planned by this one. */
  snapshot: Snapshot;
  target: Target;
  body: Buffer;
  /** What the body took of the memory for all; null = too little to count. */
  charge: BodyCharge | null;
  located: Located;
  /** Estimates: of its prompt, and of all it may cost with the most it may produce. */
  promptTokens: number;
  tokens: number;
  /** Wall clock, ms; null = the client waits as long as it takes. */
  deadlineAt: number | null;
  /** Of its tenant's limits; null = they do not count here. */
  hold: LimitHold | null;
  /** null = no cutover looks at the route, and the request is not kept. */
  observation: Observation | null;
};

/** A token of English is about so long. */
const BYTES_PER_TOKEN = 4;
/** What a reply takes where the request does not say: tool-calling replies have 100 to 400. */
const USUAL_REPLY_TOKENS = 256;

/** What a request may cost, known before anybody looked at its text. Embeddings produce no tokens. */
export function estimateTokens(bodyBytes: number, { maxTokens, choices }: Located, path: string) {
  const promptTokens = Math.ceil(bodyBytes / BYTES_PER_TOKEN);
  if (path === "/v1/embeddings") return { promptTokens, tokens: promptTokens };
  return { promptTokens, tokens: promptTokens + (maxTokens ?? USUAL_REPLY_TOKENS) * choices };
}

/** What is sent for a call. A node keeps a response unless it is told not to. @param model null = as the client sent it */
export function bodyFor({ path, body, located }: Pick<Call, "path" | "body" | "located">, model: string | null): Body {
  const store = path === "/v1/responses" && !located.namesStore ? '"store":false' : "";
  const name = model ?? (store !== "" && located.kind === "found" ? located.model : null);
  return name === null ? plainBody(body) : spliceModel(body, located, name, store);
}

/** An hour; more is as good as none. */
const MAX_DEADLINE_MS = 3_600_000;

/**
 * Until when an answer is of use: `x-request-timeout-ms`, or what OpenAI's clients say of their own time-out in seconds.
 * @returns wall clock, ms; null = nobody said
 */
export function readDeadline(headers: IncomingHttpHeaders, now: number): number | null | "bad" {
  const own = headers["x-request-timeout-ms"];
  if (own !== undefined) return /^[1-9]\d{0,11}$/.test(String(own)) ? within(Number(own), now) : "bad";
  const seconds = Number(headers["x-stainless-timeout"] ?? Number.NaN);
  return seconds > 0 ? within(seconds * 1000, now) : null;
}

const within = (ms: number, now: number): number | null => (ms > MAX_DEADLINE_MS ? null : now + ms);
