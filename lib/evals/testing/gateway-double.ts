import canonicalize from "canonicalize";
import type { Database } from "#lib/platform/db.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { EvalCase } from "../eval-case.ts";
import { answerFor } from "../suites/generator/answer-for.ts";
import { type DoubleReply, readAll, serveReplies } from "./serve-replies.ts";

/** One request as the gateway saw it. */
export type Seen = {
  authorization: string;
  tenantId: string;
  /** Empty = none was pinned. */
  versionId: string;
  model: string;
  nodeId: string | null;
  kind: string;
  temperature: number;
  seed: number | null;
  evalCase: EvalCase;
};

/** Edits the right reply, or answers something else; called for each request in the order of arrival. */
export type Behaviour = (seen: Seen, right: DoubleReply, count: number) => DoubleReply | Promise<DoubleReply>;

export type GatewayDouble = {
  url: string;
  seen: Seen[];
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
};

/**
 * Stands in for gateway and nodes: answers every prompt it knows from the answer key, in vLLM's shape, with the gateway's
 * headers. Unpinned requests are served by `servingNode`.
 */
export async function startGatewayDouble(
  db: () => Database,
  cases: readonly EvalCase[],
  servingNode: string,
): Promise<GatewayDouble> {
  const known = new Map(cases.map((evalCase) => [canonicalize(evalCase.messages), evalCase]));
  const seen: Seen[] = [];
  const namesOf = createNames(db);
  let behaviour: Behaviour = (_seen, right) => right;
  const { origin, close } = await serveReplies(async (request) => {
    const body = JSON.parse(await readAll(request));
    const evalCase = known.get(canonicalize(body.messages));
    if (!evalCase) throw new Error("the gateway was asked a prompt of no suite");
    const header = (name: string) => request.headers[name]?.toString() ?? "";
    const asked: Seen = {
      authorization: header("authorization"),
      tenantId: header("x-tenant-id"),
      versionId: header("x-switchyard-pin-version"),
      model: body.model,
      nodeId: header("x-switchyard-pin-node") || null,
      kind: header("x-switchyard-kind"),
      temperature: body.temperature,
      seed: body.seed ?? null,
      evalCase,
    };
    const count = seen.push(asked);
    const names = await namesOf(asked);
    const right = rightReply(asked, names.nodeName ?? servingNode, names.loraName);
    return behaviour(asked, right, count);
  });
  return {
    url: origin,
    seen,
    behave: (next) => {
      behaviour = next;
    },
    close,
  };
}

type Names = { loraName: string; nodeName: string | null };

/** As the catalog has them; read once, since neither changes. */
function createNames(db: () => Database) {
  const known = new Map<string, Promise<Names>>();
  const read = ({ versionId, nodeId }: Seen) =>
    db().read(platformScope, async ({ client }) => {
      const version = await client.adapterVersion.findUnique({ where: { id: versionId } });
      const node = nodeId === null ? null : await client.node.findUnique({ where: { id: nodeId } });
      return { loraName: version?.loraName ?? "", nodeName: node?.name ?? null };
    });
  return (asked: Seen): Promise<Names> => {
    const key = `${asked.versionId}/${asked.nodeId}`;
    const names = known.get(key) ?? read(asked);
    known.set(key, names);
    return names;
  };
}

function rightReply(asked: Seen, servedBy: string, loraName: string): DoubleReply {
  const isBase = asked.versionId === "";
  return {
    status: 200,
    headers: {
      "content-type": "application/json",
      "x-switchyard-served-by": servedBy,
      ...(isBase ? {} : { "x-switchyard-version-id": asked.versionId }),
      "x-switchyard-via": isBase ? "base_model" : "primary",
    },
    body: rightBody(asked.evalCase, isBase ? asked.model : loraName),
  };
}

/** A chat completion in vLLM's shape that answers a prompt by its key. */
export function rightBody(evalCase: EvalCase, model: string): string {
  const { content, tool_calls } = answerFor(evalCase);
  const message = { role: "assistant", content, tool_calls };
  const finish_reason = tool_calls.length === 0 ? "stop" : "tool_calls";
  return JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    model,
    choices: [{ index: 0, message, finish_reason }],
  });
}

/** The reply with its first tool's name changed in one letter, or a call where there should be none. */
export const flipped = (right: DoubleReply): DoubleReply => ({
  ...right,
  body: right.body.includes('"tool_calls":[]')
    ? right.body
        .replace(
          '"tool_calls":[]',
          '"tool_calls":[{"id":"c","type":"function","function":{"name":"x","arguments":"{}"}}]',
        )
        .replace('"finish_reason":"stop"', '"finish_reason":"tool_calls"')
    : right.body.replace('"name":"', '"name":"x'),
});
