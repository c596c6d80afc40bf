import type { ServingTenant, ServingVersion } from "#lib/testbed/serving-store.ts";
import { customerKinds, type Draft, draftBasics, foreignKinds, rarerKinds, unknownKinds } from "./drafts.ts";

/** A request, and what a gateway that keeps tenants apart must make of it. */
export type Ask = {
  path: "/v1/chat/completions" | "/v1/completions";
  /** In pairs, as names may come twice. */
  headers: readonly (readonly [name: string, value: string])[];
  body: string;
  tag: string;
  isStream: boolean;
  expected: Expected;
};
/**
 * `versions`: one of these, none = the base model only. More than one while a route is being moved, or where the previous
 * version may stand in. `orBase`: the base model may, said openly.
 */
export type Expected =
  | { kind: "answer"; versions: readonly ServingVersion[]; orBase: boolean }
  | { kind: "refusal"; status: number; code: string };

export type AskWorld = {
  tenants: readonly ServingTenant[];
  trustedKey: string;
  /** Tenants whose live pointer moves between their versions meanwhile. */
  moving: ReadonlySet<string>;
  /** Tenants that may ask for the base model by name. */
  mayUseBase: ReadonlySet<string>;
  /** Nodes fail meanwhile: what stands in for the live version is right too. */
  hasFallbacks: boolean;
};

/**
 * The requests of many tenants: keys, headers, models and pins in every combination that customers, mistaken clients and
 * curious ones send. Pure: the same chance brings the same requests.
 * @param chance numbers in [0, 1)
 * @param mix `customers` = only what a well-behaved application sends
 */
export function createAsks(
  world: AskWorld,
  chance: () => number,
  mix: "everything" | "customers" = "everything",
): (sequence: number) => Ask {
  const basics = draftBasics(world, chance);
  const customers = customerKinds(basics);
  const all = [...customers, ...rarerKinds(basics, world), ...foreignKinds(basics), ...unknownKinds(basics)];
  const kinds = mix === "everything" ? all : customers;
  const total = kinds.reduce((sum, [share]) => sum + share, 0);
  const draftOf = (tenant: ServingTenant): Draft => {
    let left = chance() * total;
    for (const [share, draft] of kinds) {
      left -= share;
      if (left < 0) return draft(tenant);
    }
    return basics.own(tenant);
  };
  return (sequence) => toAsk(draftOf(basics.pick(world.tenants)), `ask-${sequence}`, chance);
}

const STREAM_SHARE = 0.05;
const COMPLETION_SHARE = 0.1;
/** `model`, spelled as JSON also allows. */
const ESCAPED_MODEL = '"mod\\u0065l"';
const ESCAPED_SHARE = 0.1;

function toAsk({ key, headers, model, fields, expected }: Draft, tag: string, chance: () => number): Ask {
  const isStream = chance() < STREAM_SHARE;
  const isCompletion = chance() < COMPLETION_SHARE;
  const text = JSON.stringify({
    ...fields,
    ...(isCompletion ? { prompt: tag } : { messages: [{ role: "user", content: `"model":"${tag}"` }] }),
    ...(model === undefined ? {} : { model }),
    user: tag,
    ...(isStream ? { stream: true } : {}),
  });
  const body = chance() < ESCAPED_SHARE ? text.replace(',"model":', `,${ESCAPED_MODEL}:`) : text;
  return {
    path: isCompletion ? "/v1/completions" : "/v1/chat/completions",
    headers: [
      ["content-type", "application/json"],
      ...(key === null ? [] : [["authorization", `Bearer ${key}`] as const]),
      ...headers,
    ],
    body,
    tag,
    isStream,
    expected,
  };
}
