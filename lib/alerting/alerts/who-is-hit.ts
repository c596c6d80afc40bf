import type { Ctx } from "#lib/identity/ctx.ts";
import { namesOfParts } from "#lib/requests/charts/part-names-store.ts";
import type { AlertDetail, AlertHit } from "../browser/alert-schema.ts";
import { type AlertRecord, namesOfTenants } from "./alert-store.ts";
import type { Affected } from "./count-affected.ts";

const LISTED = 20;

/** Who is hit, as the sentence counts them; where nobody counts, the tenants that it concerns. */
export async function whoIsHit(
  { tx }: Ctx,
  { hit, evidence }: AlertRecord,
): Promise<Pick<AlertDetail, "hit" | "hitNodes" | "hitCounted">> {
  if (hit === null) {
    const names = await namesOfTenants(tx, evidence.tenantIds);
    const listed = names.map(({ id, name }): AlertHit => ({ id, name, requests: null, of: null }));
    return {
      hit: listed.sort((a, b) => a.name.localeCompare(b.name)).slice(0, LISTED),
      hitNodes: [],
      hitCounted: null,
    };
  }
  const tenants = await namesOfTenants(
    tx,
    hit.tenants.map(({ id }) => id),
  );
  const nodes = await namesOfParts(
    tx,
    "node",
    hit.nodes.map(({ id }) => id),
  );
  const { what, limitMs, from, to } = hit;
  return {
    hit: namedHits(hit, hit.tenants, new Map(tenants.map(({ id, name }) => [id, name])), "A tenant that was removed"),
    hitNodes: namedHits(hit, hit.nodes, nodes, "A node that was removed"),
    hitCounted: { what, limitMs, from, to },
  };
}

const namedHits = (
  { simulated, to }: Affected,
  counted: Affected["tenants"],
  names: ReadonlyMap<string, string>,
  nobody: string,
): AlertHit[] =>
  counted.map(({ id, hit, of }) => ({
    ...{ id, name: names.get(id) ?? nobody, of },
    requests: { value: hit, unit: "count", source: "measured", simulated, asOf: to, coverage: null },
  }));
