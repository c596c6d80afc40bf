import { BASE_MODEL, type ServingTenant } from "#lib/testbed/serving-store.ts";
import type { AskWorld, Expected } from "./asks.ts";

/** A request before it is written down. `key` null = without one. */
export type Draft = {
  key: string | null;
  headers: [string, string][];
  model: unknown;
  fields: Record<string, unknown>;
  expected: Expected;
};
/** A kind of request and how large a part of the mix it is. */
export type DraftKind = readonly [share: number, draft: (tenant: ServingTenant) => Draft];

const refusal = (status: number, code: string): Expected => ({ kind: "refusal", status, code });

type Basics = {
  pick<T>(list: readonly T[]): T;
  other(tenant: ServingTenant): ServingTenant;
  /** One of the ways to name an own adapter. */
  own(tenant: ServingTenant): Draft;
  byTrusted(tenant: ServingTenant): Draft;
};

/** What every kind is made of. @param chance numbers in [0, 1) */
export function draftBasics(world: AskWorld, chance: () => number): Basics {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)] as T;
  const live = (tenant: ServingTenant, adapter: ServingTenant["adapters"][number]): Expected => ({
    kind: "answer",
    versions: world.moving.has(tenant.id) || world.hasFallbacks ? adapter.versions : adapter.versions.slice(-1),
    orBase: world.hasFallbacks,
  });
  const own = (tenant: ServingTenant): Draft => {
    const adapter = pick(tenant.adapters);
    const isDefault = adapter === tenant.adapters[0];
    const model = isDefault ? pick([undefined, "default", tenant.slug, adapter.slug]) : adapter.slug;
    return { key: tenant.key, headers: [], model, fields: {}, expected: live(tenant, adapter) };
  };
  return {
    pick,
    own,
    other(tenant) {
      const found = pick(world.tenants);
      return found === tenant ? (world.tenants.find((one) => one !== tenant) ?? tenant) : found;
    },
    byTrusted: (tenant) => ({
      ...own(tenant),
      key: world.trustedKey,
      headers: [["x-tenant-id", pick([tenant.slug, tenant.id])]],
    }),
  };
}

/** What a well-behaved application sends. */
export const customerKinds = ({ own, byTrusted }: Basics): DraftKind[] => [
  [40, own],
  [10, byTrusted],
];

/** Rarer things that are right, or change nothing. */
export function rarerKinds({ pick, own, other, byTrusted }: Basics, world: AskWorld): DraftKind[] {
  const pinned = (tenant: ServingTenant): Draft => {
    const version = pick(pick(tenant.adapters).versions);
    const trusted = byTrusted(tenant);
    const pins: [string, string][] = [
      ["x-switchyard-pin-version", version.id],
      ["x-switchyard-kind", pick(["eval", "probe", "user"])],
    ];
    const expected: Expected = { kind: "answer", versions: [version], orBase: false };
    return { ...trusted, headers: [...trusted.headers, ...pins], expected };
  };
  const asBase = (tenant: ServingTenant): Draft => ({
    ...own(tenant),
    model: BASE_MODEL,
    expected: world.mayUseBase.has(tenant.id)
      ? { kind: "answer", versions: [], orBase: true }
      : refusal(404, "model_not_found"),
  });
  return [
    [8, pinned],
    [5, asBase],
    [4, (tenant) => ({ ...own(tenant), headers: [["X-Tenant-Id", pick([tenant.slug, tenant.id])]] })],
    [4, (tenant) => ({ ...own(tenant), fields: { tenant_id: other(tenant).slug, tenant: other(tenant).id } })],
  ];
}

/** Another tenant's models, by every name they have and every header that might bring them. */
export function foreignKinds({ pick, own, other, byTrusted }: Basics): DraftKind[] {
  const header = (name: string, value: string): [string, string] => [name, value];
  const foreignVersion = (tenant: ServingTenant) => pick(pick(other(tenant).adapters).versions).id;
  const mismatch = refusal(403, "tenant_mismatch");
  const byModel = (tenant: ServingTenant): Draft => {
    const theirs = pick(other(tenant).adapters);
    const names = [theirs.versions[0]?.loraName, theirs.versions[0]?.id, theirs.id, other(tenant).slug];
    const slugs = tenant.adapters.some(({ slug }) => slug === theirs.slug) ? [] : [theirs.slug];
    return { ...own(tenant), model: pick([...names, ...slugs]), expected: refusal(404, "model_not_found") };
  };
  const byHeader = (tenant: ServingTenant): Draft => {
    const foreigner = other(tenant);
    const headers = [header("x-tenant-id", pick([foreigner.slug, foreigner.id]))];
    return { ...own(tenant), headers, expected: mismatch };
  };
  const byTwoHeaders = (tenant: ServingTenant): Draft => {
    const headers = [header("x-tenant-id", tenant.slug), header("x-tenant-id", other(tenant).slug)];
    return { ...own(tenant), headers, expected: mismatch };
  };
  const byPin = (tenant: ServingTenant): Draft => {
    const headers = [header("x-tenant-id", tenant.slug), header("x-switchyard-pin-version", foreignVersion(tenant))];
    return { ...byTrusted(tenant), headers, expected: refusal(404, "pinned_version_not_found") };
  };
  const byPinOfACustomer = (tenant: ServingTenant): Draft => {
    const headers = [header("x-switchyard-pin-version", foreignVersion(tenant))];
    return { ...own(tenant), headers, expected: refusal(403, "pins_not_allowed") };
  };
  return [
    [8, byModel],
    [6, byHeader],
    [2, byTwoHeaders],
    [4, byPin],
    [3, byPinOfACustomer],
  ];
}

/** Tenants and keys that are none. */
export function unknownKinds({ pick, own, other, byTrusted }: Basics): DraftKind[] {
  const unknownTenant = (tenant: ServingTenant): Draft => {
    const name = pick(["nobody", tenant.slug.toUpperCase(), `${tenant.slug}, ${other(tenant).slug}`]);
    return { ...byTrusted(tenant), headers: [["x-tenant-id", name]], expected: refusal(404, "tenant_not_found") };
  };
  const unknownKey = (tenant: ServingTenant): Draft => {
    const [prefix, secret] = [tenant.key.slice(0, 16), other(tenant).key.slice(16)];
    const key = pick([`${prefix}${secret}`, tenant.key.slice(0, -1), tenant.key.toUpperCase()]);
    return { ...own(tenant), key, expected: refusal(401, "invalid_api_key") };
  };
  return [
    [2, unknownTenant],
    [2, unknownKey],
    [1, (tenant) => ({ ...byTrusted(tenant), headers: [], expected: refusal(400, "tenant_missing") })],
    [1, (tenant) => ({ ...own(tenant), key: null, expected: refusal(401, "missing_api_key") })],
  ];
}
