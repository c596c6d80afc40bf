import { collectDefaultMetrics, Registry } from "prom-client";
import { problemResponse } from "#lib/http/problem.ts";
import { bearerToken } from "#lib/identity/api-key.ts";
import { actorOfKey } from "#lib/identity/manage-keys.ts";
import { AppError, forbidden } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { webDeps } from "./deps.ts";

let registry: Registry | undefined;

/** The web process's own metrics; refused without a key that carries metrics:read. */
export async function webMetrics(request: Request): Promise<Response> {
  const token = bearerToken(request.headers.get("authorization"));
  const actor = token === null ? null : await actorOfKey(webDeps().deps, token);
  if (actor?.kind !== "key" || !actor.scopes.includes("metrics:read")) return refuse(actor !== null);
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry, prefix: "switchyard_web_" });
  }
  return new Response(await registry.metrics(), { headers: { "content-type": registry.contentType } });
}

const refuse = (isKnown: boolean): Response =>
  problemResponse(
    isKnown
      ? forbidden("This key may not read metrics.", "Use a key with the scope metrics:read.")
      : new AppError("unauthenticated", "Metrics need an API key.", { fix: "Send Authorization: Bearer <key>." }),
    newId("request"),
  );
