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
      summary: "Alerts: firing first, then held, then resolved",
      action: "fleet.read",
      query: AlertsQuery,
      ok: AlertPage,
    },
    ({ ctx, query }) => listAlertPage(ctx, query),
  ),
  route(
    "GET /alerts/{alertId}",
    {
      summary: "One alert: its cause where it is confirmed, who is affected, what changed before, what to do",
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
      summary: "Hold a firing alert",
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
      description: "0 minutes end a silence. What is over is told to whoever was told that it began.",
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
      description: "Refused while it is seen to be wrong. Should it be again, that is a new alert.",
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
