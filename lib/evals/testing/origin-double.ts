import canonicalize from "canonicalize";
import type { EvalCase } from "../eval-case.ts";
import { rightBody } from "./gateway-double.ts";
import { type DoubleReply, readAll, serveReplies } from "./serve-replies.ts";

/** One request as a deployment of others saw it. */
export type SeenByOrigin = {
  path: string;
  authorization: string;
  model: string;
  seed: number | null;
  temperature: number;
  evalCase: EvalCase;
  /** Headers that begin with x-: none of ours are to leave the house. */
  ownHeaders: string[];
};
type Behaviour = (seen: SeenByOrigin, right: DoubleReply, count: number) => DoubleReply | Promise<DoubleReply>;

export type OriginDouble = {
  /** Up to what `/chat/completions` follows. */
  url: string;
  seen: SeenByOrigin[];
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
};

/** An OpenAI-compatible server of somebody else that knows the right answer to every prompt, and takes one key. */
export async function startOriginDouble(cases: readonly EvalCase[], key: string): Promise<OriginDouble> {
  const known = new Map(cases.map((evalCase) => [canonicalize(evalCase.messages), evalCase]));
  const seen: SeenByOrigin[] = [];
  let behaviour: Behaviour = (_seen, right) => right;
  const { origin, close } = await serveReplies(async (request) => {
    const body = JSON.parse(await readAll(request));
    const evalCase = known.get(canonicalize(body.messages));
    if (!evalCase) throw new Error("the origin was asked a prompt of no suite");
    const authorization = request.headers.authorization ?? "";
    const asked: SeenByOrigin = {
      path: request.url ?? "",
      authorization,
      model: body.model,
      seed: body.seed ?? null,
      temperature: body.temperature,
      evalCase,
      ownHeaders: Object.keys(request.headers).filter((name) => name.startsWith("x-")),
    };
    const count = seen.push(asked);
    const right =
      authorization === `Bearer ${key}`
        ? { status: 200, headers: {}, body: rightBody(evalCase, `${body.model}-2026-01-01`) }
        : {
            status: 401,
            headers: {},
            body: `{"error":{"message":"wrong key ${authorization}","code":"invalid_api_key"}}`,
          };
    const reply = await behaviour(asked, right, count);
    return { ...reply, headers: { "content-type": "application/json", ...reply.headers } };
  });
  return {
    url: `${origin}/v1`,
    seen,
    behave: (next) => {
      behaviour = next;
    },
    close,
  };
}
