import { createApp } from "#lib/api/app.ts";
import { sessionActor } from "#lib/api/auth.ts";
import { webDeps } from "#lib/api/deps.ts";

export const dynamic = "force-dynamic";

/** Built on the first request, so that `next build` needs no database. */
let app: ReturnType<typeof createApp> | undefined;
const handle = (request: Request): Response | Promise<Response> => {
  app ??= createApp(webDeps().deps, sessionActor);
  return app.fetch(request);
};

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
};
