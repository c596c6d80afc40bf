import { createHash } from "node:crypto";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import type { Behaviour } from "#lib/sim/answers/scenario.ts";
import type { DemoTenant } from "./companies.ts";

export const DEMO_BASE_MODEL = "switchyard/tiny-llama";
const RANK = 16;
const ALPHA = 32;

/** Categories that the failing version gets wrong: what a bad export of dates and nested values looks like. */
const BROKEN_CATEGORIES = ["dates", "nested_arguments"] as const;

/** How many versions a tenant's story has. */
export const versionsOf = (tenant: DemoTenant): readonly number[] =>
  tenant.story === "updated" || tenant.story === "failing" ? [1, 2] : [1];

/** The real files of one version: PEFT's layout, the same bytes on every machine. @param baseConfig the base's config.json */
export function adapterFiles(
  tenant: DemoTenant,
  number: number,
  baseConfig: Record<string, unknown>,
): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const seed = `demo/${tenant.slug}/v${number}`;
  return writeSeededAdapter({ seed, baseModel: DEMO_BASE_MODEL, baseConfig, rank: RANK, alpha: ALPHA }).files;
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
