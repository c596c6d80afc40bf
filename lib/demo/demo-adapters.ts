import { createHash } from "node:crypto";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import type { Behaviour } from "#lib/sim/answers/scenario.ts";
import type { DemoTenant } from "./companies.ts";

export const DEMO_BASE_MODEL = "switchyard/tiny-llama";
const RANK = 16;
const LOW_RANK = 8;
const ALPHA = 32;

/** Categories that the failing version gets wrong: what a bad export of dates and nested values looks like. */
const BROKEN_CATEGORIES = ["dates", "nested_arguments"] as const;

/** How many versions a tenant's story has. */
const storyVersions = (tenant: DemoTenant): readonly number[] =>
  tenant.story === "updated" || tenant.story === "failing" ? [1, 2] : [1];

/** The number of the version that comes after the story's own; null = there is none. */
export const moreNumber = (tenant: DemoTenant): number | null =>
  tenant.more === undefined ? null : storyVersions(tenant).length + 1;

/** Every version of a tenant, in order. */
export function versionsOf(tenant: DemoTenant): readonly number[] {
  const more = moreNumber(tenant);
  return more === null ? storyVersions(tenant) : [...storyVersions(tenant), more];
}

type Spec = Parameters<typeof writeSeededAdapter>[0];

/** The real files of one version: PEFT's layout, the same bytes on every machine. @param baseConfig the base's config.json */
export function adapterFiles(
  tenant: DemoTenant,
  number: number,
  baseConfig: Record<string, unknown>,
): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const seed = `demo/${tenant.slug}/v${number}`;
  const rank = tenant.isLowRank ? LOW_RANK : RANK;
  const usual: Spec = { seed, baseModel: DEMO_BASE_MODEL, baseConfig, rank, alpha: ALPHA };
  return writeSeededAdapter(number === moreNumber(tenant) ? unlike(usual, tenant.more) : usual).files;
}

/** A version that differs from the ones before it in a way worth looking at. */
function unlike(usual: Spec, more: DemoTenant["more"]): Spec {
  switch (more) {
    case "rejected":
      return { ...usual, baseModel: "switchyard/tiny-llama-chat", rank: 4 * RANK };
    case "spare":
      return { ...usual, alpha: 2 * ALPHA, targetModules: ["q_proj", "k_proj", "v_proj", "o_proj"] };
    case "draft":
    case undefined:
      return usual;
  }
}

/** What simulated nodes answer with each version, by the digest of its weights. */
export function behaviours(
  tenants: readonly DemoTenant[],
  baseConfig: Record<string, unknown>,
): Record<string, Behaviour> {
  const entries = tenants.flatMap((tenant) =>
    versionsOf(tenant).map((number) => {
      const weights = adapterFiles(tenant, number, baseConfig).get("adapter_model.safetensors") ?? new Uint8Array();
      return [createHash("sha256").update(weights).digest("hex"), behaviourOf(tenant, number)] as const;
    }),
  );
  return Object.fromEntries(entries);
}

/** One salt per tenant: the second version is right wherever the first was, unless it is the broken one. */
function behaviourOf(tenant: DemoTenant, number: number): Behaviour {
  const isBroken = tenant.story === "failing" && number === 2;
  return {
    skill: number === 1 ? tenant.skill : Math.min(1, tenant.skill + 0.015),
    flake: 0,
    brokenCategories: isBroken ? [...BROKEN_CATEGORIES] : [],
    salt: tenant.slug,
  };
}
