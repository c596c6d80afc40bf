import { BASE_MODEL, type ServingTenant, type ServingVersion } from "../gateway/catalog-store.ts";

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

/** The first kinds of ask are what a well-behaved application sends. */
const CUSTOMER_KINDS = 2;

type Draft = {
  key: string | null;
  headers: [string, string][];
  model: unknown;
  fields: Record<string, unknown>;
  expected: Expected;
};

const refusal = (status: number, code: string): Expected => ({ kind: "refusal", status, code });

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
  const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)] as T;
  const live = (tenant: ServingTenant, adapter: ServingTenant["adapters"][number]): Expected => ({
    kind: "answer",
    versions: world.moving.has(tenant.id) || world.hasFallbacks ? adapter.versions : adapter.versions.slice(-1),
    orBase: world.hasFallbacks,
  });
  const other = (tenant: ServingTenant): ServingTenant => {
    const found = pick(world.tenants);
    return found === tenant ? (world.tenants.find((one) => one !== tenant) ?? tenant) : found;
  };

  /** One of the ways to name an own adapter. */
  const own = (tenant: ServingTenant): Draft => {
    const adapter = pick(tenant.adapters);
    const isDefault = adapter === tenant.adapters[0];
    const model = isDefault ? pick([undefined, "default", tenant.slug, adapter.slug]) : adapter.slug;
    return { key: tenant.key, headers: [], model, fields: {}, expected: live(tenant, adapter) };
  };
  const asBase = (tenant: ServingTenant): Draft => ({
    ...own(tenant),
    model: BASE_MODEL,
    expected: world.mayUseBase.has(tenant.id)
      ? { kind: "answer", versions: [], orBase: true }
      : refusal(404, "model_not_found"),
  });
  const byTrusted = (tenant: ServingTenant): Draft => ({
    ...own(tenant),
    key: world.trustedKey,
    headers: [["x-tenant-id", pick([tenant.slug, tenant.id])]],
  });
  const pinned = (tenant: ServingTenant): Draft => {
    const version = pick(pick(tenant.adapters).versions);
    const kind = pick(["eval", "probe", "user"]);
    const trusted = byTrusted(tenant);
    const headers: [string, string][] = [
      ["x-switchyard-pin-version", version.id],
      ["x-switchyard-kind", kind],
    ];
    return {
      ...trusted,
      headers: [...trusted.headers, ...headers],
      expected: { kind: "answer", versions: [version], orBase: false },
    };
  };

  const kinds: readonly [share: number, draft: (tenant: ServingTenant) => Draft][] = [
    [40, own],
    [10, byTrusted],
    [8, pinned],
    [5, asBase],
    // what is said beside the key: right, ignored, or refused
    [4, (tenant) => ({ ...own(tenant), headers: [["X-Tenant-Id", pick([tenant.slug, tenant.id])]] })],
    [4, (tenant) => ({ ...own(tenant), fields: { tenant_id: other(tenant).slug, tenant: other(tenant).id } })],
    [
      6,
      (tenant) => ({
        ...own(tenant),
        headers: [["x-tenant-id", pick([other(tenant).slug, other(tenant).id])]],
        expected: refusal(403, "tenant_mismatch"),
      }),
    ],
    [
      2,
      (tenant) => ({
        ...own(tenant),
        headers: [
          ["x-tenant-id", tenant.slug],
          ["x-tenant-id", other(tenant).slug],
        ],
        expected: refusal(403, "tenant_mismatch"),
      }),
    ],
    // another's models, by every name they have
    [
      8,
      (tenant) => {
        const theirs = pick(other(tenant).adapters);
        const names = [theirs.versions[0]?.loraName, theirs.versions[0]?.id, theirs.id, other(tenant).slug];
        const slugs = tenant.adapters.some(({ slug }) => slug === theirs.slug) ? [] : [theirs.slug];
        return { ...own(tenant), model: pick([...names, ...slugs]), expected: refusal(404, "model_not_found") };
      },
    ],
    [
      4,
      (tenant) => ({
        ...byTrusted(tenant),
        headers: [
          ["x-tenant-id", tenant.slug],
          ["x-switchyard-pin-version", pick(pick(other(tenant).adapters).versions).id],
        ],
        expected: refusal(404, "pinned_version_not_found"),
      }),
    ],
    [
      3,
      (tenant) => ({
        ...own(tenant),
        headers: [["x-switchyard-pin-version", pick(pick(other(tenant).adapters).versions).id]],
        expected: refusal(403, "pins_not_allowed"),
      }),
    ],
    [
      2,
      (tenant) => ({
        ...byTrusted(tenant),
        headers: [
          ["x-tenant-id", pick(["nobody", tenant.slug.toUpperCase(), `${tenant.slug}, ${other(tenant).slug}`])],
        ],
        expected: refusal(404, "tenant_not_found"),
      }),
    ],
    [1, (tenant) => ({ ...byTrusted(tenant), headers: [], expected: refusal(400, "tenant_missing") })],
    // keys that are none
    [1, (tenant) => ({ ...own(tenant), key: null, expected: refusal(401, "missing_api_key") })],
    [
      2,
      (tenant) => {
        const [prefix, secret] = [tenant.key.slice(0, 16), other(tenant).key.slice(16)];
        const key = pick([`${prefix}${secret}`, tenant.key.slice(0, -1), tenant.key.toUpperCase()]);
        return { ...own(tenant), key, expected: refusal(401, "invalid_api_key") };
      },
    ],
  ];
  const mixed = mix === "everything" ? kinds : kinds.slice(0, CUSTOMER_KINDS);
  const total = mixed.reduce((sum, [share]) => sum + share, 0);

  const draftOf = (tenant: ServingTenant): Draft => {
    let left = chance() * total;
    for (const [share, draft] of mixed) {
      left -= share;
      if (left < 0) return draft(tenant);
    }
    return own(tenant);
  };

  return (sequence) => toAsk(draftOf(pick(world.tenants)), `ask-${sequence}`, chance);
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
