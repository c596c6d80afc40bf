import { createApp } from "./app.ts";
import { sessionActor } from "./auth.ts";
import { type Client, createClient } from "./client.ts";
import { webDeps } from "./deps.ts";

let app: ReturnType<typeof createApp> | undefined;

/** Answers one call of the signed-in visitor. Built on the first call, so that `next build` needs no database. */
export function answerVisitor(request: Request): Response | Promise<Response> {
  app ??= createApp(webDeps().deps, sessionActor);
  return app.fetch(request);
}

/** The API as the visitor's browser calls it, without the way through the network: same session, same refusals. */
export const visitorApi: Client = createClient({
  baseUrl: "http://console.invalid",
  fetch: async (input, init) => answerVisitor(new Request(input, init)),
});
