import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import {
  AddAlertNote,
  AlertDetailSchema,
  AlertNoteSchema,
  AlertPage,
  AlertSchema,
  AlertsQuery,
  ResolveAlert,
  SilenceAlert,
} from "../browser/alert-schema.ts";
import { acknowledgeAlert, addAlertNote, resolveAlert, silenceAlert } from "./change-alert.ts";
import { listAlertPage, showAlert } from "./show-alert.ts";

const AlertParams = z.object({ alertId: idOf("alr") });

/** What on call is told of; customers never see it. */
export const alertRoutes = [
  route(
    "GET /alerts",
    {
      summary: "List alerts: firing first, then acknowledged, then resolved",
      action: "fleet.read",
      query: AlertsQuery,
      ok: AlertPage,
    },
    ({ ctx, query }) => listAlertPage(ctx, query),
  ),
  route(
    "GET /alerts/{alertId}",
    {
      summary: "Read an alert with its confirmed cause, affected tenants, earlier changes and next steps",
      action: "fleet.read",
      params: AlertParams,
      ok: AlertDetailSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => showAlert(ctx, params.alertId),
  ),
  route(
    "POST /alerts/{alertId}/acknowledge",
    {
      summary: "Acknowledge a firing alert",
      action: "fleet.operate",
      params: AlertParams,
      ok: AlertSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params }) => acknowledgeAlert(ctx, params.alertId),
  ),
  route(
    "POST /alerts/{alertId}/silence",
    {
      summary: "Mute an alert for a limited time, even if it fires again",
      description:
        "0 minutes unmutes the alert. When a muted alert ends, only recipients that were notified of its start are notified.",
      action: "fleet.operate",
      params: AlertParams,
      body: SilenceAlert,
      ok: AlertSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => silenceAlert(ctx, params.alertId, body),
  ),
  route(
    "POST /alerts/{alertId}/resolve",
    {
      summary: "Resolve an alert whose end cannot be observed",
      description: "Refused while its condition is observed to hold. If the condition returns, a new alert fires.",
      action: "fleet.operate",
      params: AlertParams,
      body: ResolveAlert,
      ok: AlertSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => resolveAlert(ctx, params.alertId, body.reason),
  ),
  route(
    "POST /alerts/{alertId}/notes",
    {
      summary: "Add a note to an alert",
      action: "fleet.operate",
      params: AlertParams,
      body: AddAlertNote,
      ok: AlertNoteSchema,
      status: 201,
      errors: ["not_found"],
    },
    ({ ctx, params, body }) => addAlertNote(ctx, params.alertId, body.text),
  ),
] as const;
