import { BASE_MODEL } from "#lib/testbed/serving-store.ts";
import type { Ask } from "./asks.ts";

/** A whole reply, as the client got it. */
export type Reply = { status: number; headers: Record<string, string | string[] | undefined>; text: string };

/** `wrong` = an answer of a model, or to a request, that is not this one's: what must never happen. */
export type Finding = { kind: "wrong" | "unexpected"; text: string };

/** @returns null when the reply is what the ask expects */
export function checkReply(ask: Ask, reply: Reply): Finding | null {
  const { expected, tag } = ask;
  const wrong = (text: string): Finding => ({ kind: "wrong", text: `${tag}: ${text}` });
  const unexpected = (text: string): Finding => ({ kind: "unexpected", text: `${tag}: ${text}` });
  if (expected.kind === "refusal") {
    if (reply.status === 200) return wrong(`answered, but ${expected.status} ${expected.code} was due`);
    const code = codeOf(reply.text);
    return reply.status === expected.status && code === expected.code
      ? null
      : unexpected(`${reply.status} ${code} instead of ${expected.status} ${expected.code}`);
  }
  if (reply.status !== 200) return unexpected(`${reply.status} ${codeOf(reply.text)} instead of an answer`);
  const echoes = ask.isStream ? streamEchoes(reply.text) : [echoOf(parsed(reply.text), "message")];
  if (echoes === null || echoes.length === 0) return unexpected("a stream without its end");
  const versionId = reply.headers["x-switchyard-version-id"];
  const served = expected.versions.find((version) => version.id === versionId);
  if (!served && (!expected.orBase || versionId !== undefined || !saysBase(reply)))
    return wrong(`version ${versionId} by ${reply.headers["x-switchyard-via"]} is said to have answered`);
  const model = served?.loraName ?? BASE_MODEL;
  for (const echo of echoes) {
    if (echo.model !== model) return wrong(`${echo.model} answered, and the headers name ${model}`);
    if (echo.tag !== tag) return wrong(`got the answer of ${echo.tag}`);
  }
  return null;
}

const saysBase = ({ headers }: Reply): boolean =>
  headers["x-switchyard-via"] === "base_model" && headers["x-switchyard-version"] === "base";

type Echo = { model: string; tag: string };

/** null = it did not end as streams end. */
function streamEchoes(text: string): Echo[] | null {
  const events = text.split("\n\n").filter((event) => event !== "");
  if (events.pop() !== "data: [DONE]") return null;
  return events.map((event) => echoOf(parsed(event.slice("data: ".length)), "delta"));
}

type Body = {
  model?: unknown;
  choices?: { message?: { content?: unknown }; delta?: { content?: unknown } }[];
  error?: { code?: unknown };
};

function echoOf(body: Body, where: "message" | "delta"): Echo {
  return { model: String(body.model), tag: String(body.choices?.[0]?.[where]?.content) };
}

const codeOf = (text: string): string => String(parsed(text).error?.code ?? text.slice(0, 80));

function parsed(text: string): Body {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
