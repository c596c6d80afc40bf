import { OpenAPIHono } from "@hono/zod-openapi";
import { createApi, noSuchEndpoint } from "#lib/http/api.ts";
import type { Actor } from "#lib/identity/actor.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { createHost } from "./host.ts";
import { routes } from "./routes.ts";

/** The whole API under /api/v1, with its own description at /api/v1/openapi.json. */
export function createApp(deps: Deps, sessionActor: () => Promise<Actor | null>): OpenAPIHono {
  const api = createApi(routes, createHost(deps, sessionActor));
  api.openAPIRegistry.registerComponent("securitySchemes", "bearer", { type: "http", scheme: "bearer" });
  api.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: "next-auth.session-token",
  });
  let document: object | null = null; // put together when somebody asks for it: that takes as long as all the rest
  const app = new OpenAPIHono();
  app.get("/api/v1/openapi.json", (c) => {
    document ??= openApiDocument(api);
    return c.json(document);
  });
  app.route("/api/v1", api);
  app.notFound((c) => noSuchEndpoint(c.req.path));
  return app;
}

/** The OpenAPI 3.1 document of the mounted routes. */
const openApiDocument = (app: OpenAPIHono): object =>
  app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Switchyard API",
      version: "1",
      description:
        "Everything the console does. Lists answer {items, nextCursor}; errors are application/problem+json.",
    },
    servers: [{ url: "/api/v1" }],
  });
