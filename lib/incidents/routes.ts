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
      summary: "List incidents: drafts first, then open ones, then closed ones",
      action: "fleet.read",
      query: IncidentsQuery,
      ok: IncidentPage,
    },
    ({ ctx, query }) => listIncidentPage(ctx, query),
  ),
  route(
    "GET /incidents/{incidentId}",
    {
      summary: "Read an incident with its time line, alerts and published updates",
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
      summary: "Read an incident's impact: failed and fallback requests and minutes per tenant",
      description:
        "Counted from the request trace. Null if a tenant has no stored requests. A closed incident keeps the counts from when it was closed.",
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
      summary: "Download the review document as Markdown",
      description: "For a closed incident as of its closing; for an open one as of now.",
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
      summary: "List incident updates published to customers, newest first",
      description: "Customers see only updates published to them.",
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
    { summary: "Accept a draft as an incident, assigned to the caller", action: "fleet.operate", ...changed },
    ({ ctx, params }) => acceptIncident(ctx, params.incidentId),
  ),
  route(
    "POST /incidents/{incidentId}/dismiss",
    {
      summary: "Dismiss a draft that is not an incident",
      description: "Its alerts do not create another draft.",
      action: "fleet.operate",
      body: DismissIncident,
      ...changed,
    },
    ({ ctx, params, body }) => dismissIncident(ctx, params.incidentId, body.reason),
  ),
  route(
    "POST /incidents/{incidentId}/hold",
    { summary: "Assign an incident to the caller, even if someone else holds it", action: "fleet.operate", ...changed },
    ({ ctx, params }) => holdIncident(ctx, params.incidentId),
  ),
  route(
    "POST /incidents/{incidentId}/resolve",
    {
      summary: "Resolve an incident: customers are served again",
      action: "fleet.operate",
      body: ResolveIncident,
      ...changed,
    },
    ({ ctx, params, body }) => resolveIncident(ctx, params.incidentId, body.endedAt),
  ),
  route(
    "POST /incidents/{incidentId}/reopen",
    { summary: "Reopen an incident that has not ended", action: "fleet.operate", ...changed },
    ({ ctx, params }) => reopenIncident(ctx, params.incidentId),
  ),
  routeWithPrepare(
    "POST /incidents/{incidentId}/close",
    {
      summary: "Close an incident with its review",
      description: "The counts and the document are stored permanently, because request traces are deleted later.",
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
      summary: "Change an incident's title, severity, times and affected tenants",
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
      summary: "Preview the text for each affected customer",
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
