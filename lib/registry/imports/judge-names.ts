import { groupBy } from "#lib/platform/browser/group-by.ts";
import { error, note, pass, warning } from "../browser/finding.ts";
import type { RowState } from "../browser/import-schema.ts";
import type { Finding, TenantStatus } from "../schema.ts";

/** What naming a row depends on. `seen…`: what stood under its names when somebody last decided over them. */
export type NamedRow = {
  id: string;
  position: number;
  tenantSlug: string;
  adapterSlug: string;
  isGuess: boolean;
  state: RowState;
  seenTenantId: string | null;
  seenAdapterId: string | null;
  digest: string | null;
};

export type KnownTenant = { id: string; slug: string; name: string; status: TenantStatus };
export type KnownAdapter = {
  id: string;
  tenantId: string;
  slug: string;
  name: string;
  poolId: string;
  isDefault: boolean;
};
export type KnownBytes = { tenantId: string; digest: string; adapterId: string; adapterSlug: string; number: number };

/** What the catalog holds under the names of an import's rows. */
export type KnownNames = {
  poolId: string;
  tenants: readonly KnownTenant[];
  adapters: readonly KnownAdapter[];
  bytes: readonly KnownBytes[];
};

/** Where a row would go, and what is to be said about that. */
export type NameVerdict = { tenantId: string | null; adapterId: string | null; findings: Finding[] };

/** Rows that are out of the game take no name from the others. */
const takesName = ({ state }: NamedRow): boolean => state !== "skipped" && state !== "imported";

/**
 * Judges the names of all rows of an import against each other and against the catalog: an existing tenant or adapter is
 * recognised, never made twice; what came into being since somebody looked is not taken for granted.
 */
export function judgeNames(rows: readonly NamedRow[], known: KnownNames): Map<string, NameVerdict> {
  const tenants = new Map(known.tenants.map((tenant) => [tenant.slug, tenant]));
  const adapters = new Map(known.adapters.map((adapter) => [`${adapter.tenantId} ${adapter.slug}`, adapter]));
  const byTarget = groupBy(rows.filter(takesName), targetOf);
  return new Map(
    rows.map((row) => {
      const tenant = tenants.get(row.tenantSlug) ?? null;
      const adapter = tenant && (adapters.get(`${tenant.id} ${row.adapterSlug}`) ?? null);
      const rivals = (byTarget.get(targetOf(row)) ?? []).filter(({ id }) => id !== row.id);
      const findings = [
        ...(takesName(row) && rivals.length > 0 ? [duplicateRow(row, rivals)] : []),
        ...changedMeanwhile(row, tenant, adapter),
        ...unusable(row, tenant, adapter, known.poolId),
      ];
      if (findings.length === 0) findings.push(whereTo(row, tenant, adapter));
      findings.push(...(row.isGuess ? [guessed(row)] : []), ...sameBytes(row, tenant, adapter, known.bytes));
      return [row.id, { tenantId: tenant?.id ?? null, adapterId: adapter?.id ?? null, findings }];
    }),
  );
}

const targetOf = ({ tenantSlug, adapterSlug }: NamedRow): string => `${tenantSlug} ${adapterSlug}`;

const duplicateRow = (row: NamedRow, rivals: readonly NamedRow[]): Finding =>
  error({
    code: "row_duplicate",
    title: `Row ${rivals.map(({ position }) => position).join(", ")} is for the same adapter`,
    message: `Both would become the next version of ${row.tenantSlug}/${row.adapterSlug}, and it is unclear which one is meant.`,
    fix: "Give one of them another tenant or adapter, or skip it.",
    field: "adapterSlug",
  });

function changedMeanwhile(row: NamedRow, tenant: KnownTenant | null, adapter: KnownAdapter | null): Finding[] {
  const isDecided = row.state === "imported" || row.state === "importing";
  if (isDecided) return [];
  if (tenant !== null && tenant.id !== row.seenTenantId)
    return [
      error({
        code: "tenant_taken_meanwhile",
        title: `Someone else has added a tenant called ${row.tenantSlug}`,
        message: "It did not exist when this row was checked. It may be another customer.",
        fix: "Choose another slug; or, if it is the same customer, check the row again to add a version to it.",
        field: "tenantSlug",
      }),
    ];
  if (adapter !== null && adapter.id !== row.seenAdapterId)
    return [
      error({
        code: "adapter_taken_meanwhile",
        title: `Someone else has added an adapter called ${row.adapterSlug}`,
        message: `${row.tenantSlug} had no adapter of that name when this row was checked.`,
        fix: "Choose another slug; or check the row again to add a version to it.",
        field: "adapterSlug",
      }),
    ];
  return [];
}

function unusable(row: NamedRow, tenant: KnownTenant | null, adapter: KnownAdapter | null, poolId: string): Finding[] {
  if (tenant !== null && (tenant.status === "offboarding" || tenant.status === "archived"))
    return [
      error({
        code: "tenant_leaving",
        title: `${tenant.name} ${tenant.status === "archived" ? "is archived" : "is being off-boarded"}`,
        message: "It takes no new versions.",
        fix: "Choose another slug, or skip the row.",
        field: "tenantSlug",
      }),
    ];
  if (adapter !== null && adapter.poolId !== poolId)
    return [
      error({
        code: "adapter_in_other_pool",
        title: `${row.tenantSlug}/${row.adapterSlug} belongs to another pool`,
        message: "All versions of an adapter are served by one pool.",
        fix: "Choose another adapter slug, or import it in an import for that pool.",
        field: "adapterSlug",
      }),
    ];
  return [];
}

function whereTo(row: NamedRow, tenant: KnownTenant | null, adapter: KnownAdapter | null): Finding {
  if (tenant === null)
    return pass({
      code: "name_new_tenant",
      title: "A new tenant",
      message: `${row.tenantSlug} is made, with the adapter ${row.adapterSlug}.`,
    });
  if (adapter === null)
    return note({
      code: "name_new_adapter",
      title: `A new adapter of ${tenant.name}`,
      message: `The tenant ${row.tenantSlug} is there already; ${row.adapterSlug} is made.`,
    });
  return note({
    code: "name_new_version",
    title: `A new version of ${tenant.name}'s ${row.adapterSlug}`,
    message: "Tenant and adapter already exist. The live version keeps serving.",
  });
}

const guessed = (row: NamedRow): Finding =>
  warning({
    code: "name_guessed",
    title: "The names need a review",
    message: `They were made from a name that is not a slug: ${row.tenantSlug}/${row.adapterSlug}. A slug cannot be changed later.`,
    fix: "Confirm them as they are, or write better ones.",
    field: "tenantSlug",
  });

function sameBytes(
  row: NamedRow,
  tenant: KnownTenant | null,
  adapter: KnownAdapter | null,
  bytes: readonly KnownBytes[],
): Finding[] {
  if (row.digest === null || tenant === null || row.state === "imported") return [];
  const same = bytes.filter((each) => each.tenantId === tenant.id && each.digest === row.digest);
  const own = same.find(({ adapterId }) => adapterId === adapter?.id);
  if (own)
    return [
      warning({
        code: "same_as_version",
        title: `These bytes are version ${own.number} already`,
        message: "Importing them again adds nothing: that version is found and kept.",
        fix: "Skip the row if a newer export was meant.",
        evidence: { digest: row.digest },
      }),
    ];
  const [other] = same;
  if (other === undefined) return [];
  return [
    note({
      code: "bytes_known",
      title: "The tenant has the same bytes already",
      message: `They equal version ${other.number} of ${other.adapterSlug}, so its directory is used again.`,
      evidence: { digest: row.digest },
    }),
  ];
}
