import type { OpenAPIHono } from "@hono/zod-openapi";

/** The OpenAPI 3.1 document of the mounted routes. */
export const openApiDocument = (app: OpenAPIHono): object =>
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
