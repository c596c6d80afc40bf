import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route, routeWithPrepare } from "#lib/identity/route.ts";
import {
  CreateEndpoint,
  EndpointPage,
  EndpointSchema,
  EndpointsQuery,
  EndpointTestSchema,
  UpdateEndpoint,
} from "../browser/endpoint-schema.ts";
import { found } from "../found.ts";
import { createEndpoint, removeEndpoint, updateEndpoint } from "./change-endpoint.ts";
import { findEndpoint, listEndpoints, withoutKey } from "./endpoint-store.ts";
import { testEndpoint } from "./test-endpoint.ts";

const EndpointParams = z.object({ endpointId: idOf("end") });

export const endpointRoutes = [
  route(
    "GET /endpoints",
    {
      summary: "List third-party endpoints: customers' current deployments and hosted providers",
      action: "fleet.read",
      query: EndpointsQuery,
      ok: EndpointPage,
    },
    ({ ctx, query }) => listEndpoints(ctx.tx, query),
  ),
  route(
    "POST /endpoints",
    {
      summary: "Add an OpenAI-compatible third-party endpoint",
      action: "settings.write",
      body: CreateEndpoint,
      ok: EndpointSchema,
      status: 201,
      errors: ["conflict"],
    },
    ({ ctx, body }) => createEndpoint(ctx, body),
  ),
  route(
    "GET /endpoints/{endpointId}",
    {
      summary: "Read an endpoint",
      action: "fleet.read",
      params: EndpointParams,
      ok: EndpointSchema,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => withoutKey(found("endpoint", await findEndpoint(ctx.tx, params.endpointId))),
  ),
  route(
    "PATCH /endpoints/{endpointId}",
    {
      summary: "Change an endpoint",
      description: "Without a key, the old one stays. A new base URL requires its key. null removes the key.",
      action: "settings.write",
      params: EndpointParams,
      body: UpdateEndpoint,
      ok: EndpointSchema,
      ifMatch: true,
      errors: ["not_found", "conflict", "stale"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      updateEndpoint(ctx, { endpointId: params.endpointId, expectedGeneration, change: body }),
  ),
  route(
    "DELETE /endpoints/{endpointId}",
    {
      summary: "Remove an unused endpoint",
      action: "settings.write",
      params: EndpointParams,
      ok: null,
      errors: ["not_found", "conflict"],
    },
    async ({ ctx, params }) => {
      await removeEndpoint(ctx, params.endpointId);
      return undefined;
    },
  ),
  routeWithPrepare(
    "POST /endpoints/{endpointId}/test",
    {
      summary: "Test an endpoint: list its models and send one short chat",
      action: "fleet.operate",
      params: EndpointParams,
      ok: EndpointTestSchema,
      errors: ["not_found", "unavailable"],
      unaudited: "sends one request to a third party and changes nothing here",
    },
    ({ params, read, request }) => testEndpoint(read, params.endpointId, request.signal),
    async ({ prepared }) => prepared,
  ),
] as const;
