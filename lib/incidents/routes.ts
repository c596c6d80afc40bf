import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route, routeWithPrepare } from "#lib/identity/route.ts";
import {
  AddIncidentNote,
  CloseIncident,
  CustomerUpdatePage,
  CustomerUpdatesQuery,
  DismissIncident,
  ImpactSchema,
  IncidentDetailSchema,
  IncidentPage,
  IncidentsQuery,
  OpenIncident,
  PreviewSchema,
  PreviewUpdate,
  PublishUpdate,
  ResolveIncident,
  UpdateIncident,
} from "./browser/incident-schema.ts";
import { addIncidentNote, holdIncident, updateIncident } from "./change-incident.ts";
import { acceptIncident, closeIncident, dismissIncident, reopenIncident, resolveIncident } from "./decide-incident.ts";
import { openIncident } from "./open-incident.ts";
import { listUpdates, previewUpdate, publishUpdate } from "./publish-update.ts";
import { downloadReview } from "./read-review.ts";
import { listIncidentPage, showImpact, showIncident } from "./show-incident.ts";

const IncidentParams = z.object({ incidentId: idOf("inc") });
const changed = { params: IncidentParams, ok: IncidentDetailSchema, errors: ["not_found", "conflict"] } as const;

const readRoutes = [
  route(
    "GET /incidents",
    {
      summary: "Incidents: drafts first, then open ones, then what is over",
      action: "fleet.read",
      query: IncidentsQuery,
      ok: IncidentPage,
    },
    ({ ctx, query }) => listIncidentPage(ctx, query),
  ),
  route(
    "GET /incidents/{incidentId}",
    {
      summary: "One incident: its time line, its alerts, and what customers were told",
      action: "fleet.read",
      params: IncidentParams,
      ok: IncidentDetailSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => showIncident(ctx, params.incidentId),
  ),
  route(
    "GET /incidents/{incidentId}/impact",
    {
      summary: "Who is hit: failed and fallback requests and minutes by tenant, counted from the request trace",
      description:
        "Null where no request of a tenant is on record, or where they are deleted. A closed incident keeps what was counted when it was closed.",
      action: "fleet.read",
      params: IncidentParams,
      ok: ImpactSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => showImpact(ctx, params.incidentId),
  ),
  route(
    "GET /incidents/{incidentId}/review",
    {
      summary: "The review document as Markdown",
      description: "Of a closed incident as it was when it was closed; of an open one as it is now.",
      action: "fleet.read",
      params: IncidentParams,
      ok: null,
      download: true,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params }) => downloadReview(ctx, params.incidentId),
  ),
  route(
    "GET /incident-updates",
    {
      summary: "What customers were told of incidents, newest first",
      description: "Customers get what was published to them.",
      action: "tenant.read",
      query: CustomerUpdatesQuery,
      ok: CustomerUpdatePage,
      errors: ["not_found"],
    },
    ({ ctx, query }) => listUpdates(ctx, query),
  ),
] as const;

const stepRoutes = [
  route(
    "POST /incidents",
    {
      summary: "Open an incident, manually or from an alert",
      action: "fleet.operate",
      body: OpenIncident,
      ok: IncidentDetailSchema,
      status: 201,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, body }) => openIncident(ctx, body),
  ),
  route(
    "POST /incidents/{incidentId}/accept",
    { summary: "Make a draft an incident, and hold it", action: "fleet.operate", ...changed },
    ({ ctx, params }) => acceptIncident(ctx, params.incidentId),
  ),
  route(
    "POST /incidents/{incidentId}/dismiss",
    {
      summary: "Dismiss a draft: it was no incident",
      description: "Its alerts draft no other.",
      action: "fleet.operate",
      body: DismissIncident,
      ...changed,
    },
    ({ ctx, params, body }) => dismissIncident(ctx, params.incidentId, body.reason),
  ),
  route(
    "POST /incidents/{incidentId}/hold",
    { summary: "Hold an incident, also in place of another", action: "fleet.operate", ...changed },
    ({ ctx, params }) => holdIncident(ctx, params.incidentId),
  ),
  route(
    "POST /incidents/{incidentId}/resolve",
    { summary: "Say that customers are served again", action: "fleet.operate", body: ResolveIncident, ...changed },
    ({ ctx, params, body }) => resolveIncident(ctx, params.incidentId, body.endedAt),
  ),
  route(
    "POST /incidents/{incidentId}/reopen",
    { summary: "Reopen an incident that was not over", action: "fleet.operate", ...changed },
    ({ ctx, params }) => reopenIncident(ctx, params.incidentId),
  ),
  routeWithPrepare(
    "POST /incidents/{incidentId}/close",
    {
      summary: "Close an incident with its review",
      description: "What was counted and the document are kept as they are then: request traces are deleted.",
      action: "fleet.operate",
      body: CloseIncident,
      ...changed,
    },
    // counted before the transaction: a long incident has many requests
    ({ params, read }) => read((ctx) => showImpact(ctx, params.incidentId)),
    ({ ctx, params, body, prepared }) =>
      closeIncident(ctx, { incidentId: params.incidentId, review: body, impact: prepared }),
  ),
] as const;

const wordRoutes = [
  route(
    "PATCH /incidents/{incidentId}",
    {
      summary: "Change what an incident says of itself: title, severity, times, whom it is about",
      action: "fleet.operate",
      params: IncidentParams,
      body: UpdateIncident,
      ok: IncidentDetailSchema,
      ifMatch: true,
      errors: ["not_found", "stale", "conflict"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      updateIncident(ctx, { incidentId: params.incidentId, expectedGeneration, change: body }),
  ),
  route(
    "POST /incidents/{incidentId}/notes",
    {
      summary: "Add a note for staff",
      action: "fleet.operate",
      body: AddIncidentNote,
      ...changed,
      status: 201,
    },
    ({ ctx, params, body }) => addIncidentNote(ctx, params.incidentId, body.text),
  ),
  route(
    "POST /incidents/{incidentId}/preview",
    {
      summary: "What each affected customer would read",
      description:
        "{tenant}, {start}, {end}, {requests} and {minutes} are filled in for each. Names of other tenants, nodes and addresses in a text are its faults.",
      action: "fleet.read",
      params: IncidentParams,
      body: PreviewUpdate,
      ok: PreviewSchema,
      errors: ["not_found", "conflict"],
      unaudited: "It changes nothing; a text does not fit into a query.",
    },
    ({ ctx, params, body }) => previewUpdate(ctx, params.incidentId, body.template),
  ),
  route(
    "POST /incidents/{incidentId}/updates",
    {
      summary: "Publish an update: each customer reads their own text",
      description: "Refused when a text names another tenant, a node or an address, as whole words.",
      action: "fleet.operate",
      params: IncidentParams,
      body: PublishUpdate,
      ok: IncidentDetailSchema,
      status: 201,
      ifMatch: true,
      errors: ["not_found", "stale", "conflict"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      publishUpdate(ctx, { incidentId: params.incidentId, expectedGeneration, update: body }),
  ),
] as const;

/** Incidents are staff's; a customer reads what was published to them. */
export const incidentRoutes = [...readRoutes, ...stepRoutes, ...wordRoutes] as const;
