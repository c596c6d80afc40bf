import { collectDefaultMetrics, Registry } from "prom-client";
import { problemResponse } from "#lib/http/problem.ts";
import { bearerToken, hasCredential } from "#lib/identity/api-key.ts";
import { actorOfKey } from "#lib/identity/manage-keys.ts";
import { AppError, forbidden } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { webDeps } from "./deps.ts";

let registry: Registry | undefined;

/** The web process's own metrics; refused without a key that carries metrics:read. */
export async function webMetrics(request: Request): Promise<Response> {
  const header = request.headers.get("authorization");
  const token = bearerToken(header);
  const actor = token === null ? null : await actorOfKey(webDeps().deps, token);
  if (actor?.kind !== "key" || !actor.scopes.includes("metrics:read"))
    return problemResponse(refusal(actor !== null, hasCredential(header)), newId("request"));
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry, prefix: "switchyard_web_" });
  }
  return new Response(await registry.metrics(), { headers: { "content-type": registry.contentType } });
}

function refusal(isKnown: boolean, isPresented: boolean): AppError {
  if (isKnown) return forbidden("This key may not read metrics.", "Use a key with the scope metrics:read.");
  const fix = "Send Authorization: Bearer <key>, with a key that has the scope metrics:read.";
  return isPresented
    ? new AppError("unauthenticated", "The API key is wrong: it is unknown or revoked.", { reason: "bad_key", fix })
    : new AppError("unauthenticated", "Metrics need an API key.", { fix });
}
