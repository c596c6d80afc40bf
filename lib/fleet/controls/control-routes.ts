import * as z from "zod";
import { idOf, pageOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import {
  ControlSchema,
  ControlsQuery,
  FreezeSchema,
  RenewControl,
  RevertControl,
  StartControl,
} from "../browser/control-schema.ts";
import { listControls } from "./control-store.ts";
import { renewControl } from "./renew-control.ts";
import { freezeInForce } from "./require-not-frozen.ts";
import { revertControl } from "./revert-control.ts";
import { startControl } from "./start-control.ts";
import { toControl } from "./view-control.ts";

const ControlParams = z.object({ controlId: idOf("ctl") });

/** What is set by hand in a bad minute: it works at once, ends by itself, and says who and why. */
export const controlRoutes = [
  route(
    "GET /controls",
    {
      summary: "List manual overrides, newest first",
      action: "fleet.read",
      query: ControlsQuery,
      ok: pageOf(ControlSchema),
    },
    async ({ ctx, query }) => {
      const now = ctx.clock.now();
      const page = await listControls(ctx.tx, query, now);
      return { ...page, items: page.items.map((control) => toControl(control, now)) };
    },
  ),
  route(
    "POST /controls",
    {
      summary: "Set a manual override for a limited time",
      description:
        "serve_previous, serve_fallback and shed are set on a tenant, cordon and drain on a node, freeze on everything. The gateway follows within 2 s. It ends automatically after `minutes` unless it is renewed.",
      action: "fleet.operate",
      body: StartControl,
      ok: ControlSchema,
      status: 201,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, body }) => startControl(ctx, body),
  ),
  route(
    "POST /controls/{controlId}/renew",
    {
      summary: "Extend an override, counted from now",
      action: "fleet.operate",
      params: ControlParams,
      body: RenewControl,
      ok: ControlSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => renewControl(ctx, { ...body, controlId: params.controlId }),
  ),
  route(
    "POST /controls/{controlId}/revert",
    {
      summary: "End an override now",
      action: "fleet.operate",
      params: ControlParams,
      body: RevertControl,
      ok: ControlSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => revertControl(ctx, { ...body, controlId: params.controlId }),
  ),
  route(
    "GET /freeze",
    { summary: "Read whether cutovers and evals are frozen, by whom and why", action: "fleet.read", ok: FreezeSchema },
    async ({ ctx }) => {
      const freeze = await freezeInForce(ctx);
      return { freeze: freeze && toControl(freeze, ctx.clock.now()) };
    },
  ),
] as const;
