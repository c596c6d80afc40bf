import { staleEdit } from "#lib/http/etag.ts";
import type { Page } from "#lib/http/schema.ts";
import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { invalid, invalidField, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import type {
  CustomerUpdate,
  CustomerUpdatesQuery,
  IncidentDetail,
  Preview,
  PublishUpdate,
} from "./browser/incident-schema.ts";
import { requireIncident, requireState } from "./change-incident.ts";
import { countImpact } from "./count-impact.ts";
import { foreignWords, type TextFault } from "./foreign-words.ts";
import { insertEvent, saveIncident, tenantsOf } from "./incident-store.ts";
import { renderText, unfilledPlaceholders, unknownPlaceholders } from "./render-text.ts";
import { showIncident } from "./show-incident.ts";
import { insertUpdates, listCustomerUpdates, listKnownNames, type NamedTenant } from "./update-store.ts";

const PUBLISHABLE = ["open", "resolved"] as const;
/** What a preview shows at once, and a publication holds. */
const TEXTS = 500;

type Known = Awaited<ReturnType<typeof listKnownNames>>;

/** Why one customer must not read this text; empty = they may. */
function faultsOf(text: string, { id, slug, name }: NamedTenant, known: Known): TextFault[] {
  const foreign = known.filter(({ tenantId }) => tenantId !== id);
  return [...foreignWords(text, [name, slug], foreign), ...unfilledPlaceholders(text, [name, slug])];
}

/**
 * What each affected customer would read, with what stands against it. Changes nothing.
 * @throws AppError `not_found`, `conflict` (`wrong_state`, `incident_over`), or `invalid` naming a placeholder that is none
 */
export async function previewUpdate(ctx: Ctx, incidentId: string, template: string): Promise<Preview> {
  const incident = await requireIncident(ctx, incidentId);
  requireState(incident, PUBLISHABLE, "told to customers");
  const [unknown] = unknownPlaceholders(template);
  if (unknown) throw invalidField("template", "unknown_placeholder", unknown.message, unknown.fix);
  const now = ctx.clock.now();
  const { startedAt, endedAt } = incident;
  const { items } = await countImpact(ctx.tx, incident, now);
  const tenants = await tenantsById(
    ctx,
    items.map(({ tenantId }) => tenantId),
  );
  const known = await listKnownNames(ctx.tx);
  return {
    items: items.slice(0, TEXTS).flatMap(({ tenantId, requests, minutes }) => {
      const tenant = tenants.get(tenantId);
      if (tenant === undefined) return [];
      const counts = { requests: requests.value, minutes: minutes.value };
      const text = renderText(template, { tenantName: tenant.name, startedAt, endedAt, ...counts, now });
      return [{ tenantId, tenantName: tenant.name, requests, text, faults: faultsOf(text, tenant, known) }];
    }),
  };
}

const tenantsById = async (ctx: Ctx, ids: readonly string[]): Promise<Map<string, NamedTenant>> =>
  new Map((await tenantsOf(ctx.tx, ids)).map((tenant) => [tenant.id, tenant]));

/**
 * Tells customers, each in words of their own; they read it on their status page at once.
 * @throws AppError `not_found`, `stale`, `conflict` (`wrong_state`, `incident_over`), or `invalid` naming each text that
 * must not be read, the word and the fix
 */
export async function publishUpdate(
  ctx: Ctx,
  { incidentId, expectedGeneration, update }: { incidentId: string; expectedGeneration: number; update: PublishUpdate },
): Promise<IncidentDetail> {
  const incident = await requireIncident(ctx, incidentId);
  requireState(incident, PUBLISHABLE, "told to customers");
  const { status, texts } = update;
  await checkTexts(ctx, texts);
  const at = { generation: expectedGeneration, states: PUBLISHABLE };
  if (!(await saveIncident(ctx.tx, incidentId, at, {}))) throw staleEdit();
  const publishedAt = ctx.clock.now();
  const by = actorLabel(ctx.actor);
  const eventId = newId("incidentEvent");
  const text = `${status}, to ${texts.length} ${texts.length === 1 ? "customer" : "customers"}`;
  await insertEvent(ctx.tx, { id: eventId, incidentId, at: publishedAt, kind: "update", text, by });
  await insertUpdates(
    ctx.tx,
    texts.map((one) => ({
      ...{ id: newId("incidentUpdate"), incidentId, eventId, status, by, publishedAt },
      ...{ tenantId: one.tenantId, text: one.text, startedAt: incident.startedAt },
    })),
  );
  await audit(ctx, {
    action: "incident.publish",
    object: { type: "incident", id: incidentId },
    tenantId: null,
    after: { status, texts },
  });
  return showIncident(ctx, incidentId);
}

async function checkTexts(ctx: Ctx, texts: PublishUpdate["texts"]): Promise<void> {
  const tenants = await tenantsById(
    ctx,
    texts.map(({ tenantId }) => tenantId),
  );
  const known = await listKnownNames(ctx.tx);
  const seen = new Set<string>();
  const problems = texts.flatMap(({ tenantId, text }, index) => {
    const tenant = tenants.get(tenantId);
    const at = `texts.${index}`;
    const problem = (field: string, code: string, message: string, fix: string) => [
      { field: `${at}.${field}`, code, message, fix },
    ];
    if (tenant === undefined)
      return problem("tenantId", "unknown_tenant", "There is no such tenant.", "Give ids of tenants.");
    if (seen.has(tenantId))
      return problem("tenantId", "told_twice", `${tenant.name} has two texts.`, "Give each tenant one.");
    seen.add(tenantId);
    return faultsOf(text, tenant, known).flatMap(({ message, fix }) =>
      problem("text", "foreign_word", `To ${tenant.name}: ${message}`, fix),
    );
  });
  if (problems.length > 0) throw invalid(problems);
}

/**
 * What customers were told, newest first; each reads their own.
 * @throws AppError `not_found` when a customer asks for another tenant
 */
export async function listUpdates(ctx: Ctx, query: CustomerUpdatesQuery): Promise<Page<CustomerUpdate>> {
  if (ctx.scope.kind === "tenant" && query.tenantId !== undefined && query.tenantId !== ctx.scope.tenantId)
    throw notFound("tenant");
  const page = await listCustomerUpdates(ctx.tx, query);
  return {
    ...page,
    items: page.items.map((row) => ({
      ...row,
      startedAt: row.startedAt.toISOString(),
      publishedAt: row.publishedAt.toISOString(),
    })),
  };
}
