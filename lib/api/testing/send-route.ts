import { parseSignature, type RouteDef, type Signature } from "#lib/http/route.ts";
import { routes } from "../routes.ts";
import type { TestApi } from "./test-api.ts";

/** A declared endpoint without its types, for tests that go through all of them. */
export type AnyRoute = { signature: Signature; def: RouteDef<string> };
export const allRoutes: readonly AnyRoute[] = routes;

/** Parameters that are no ids. */
const FIXED: Record<string, string> = {
  metric: "latency",
  fileName: "adapter_config.json",
  digest: "0".repeat(64),
  path: "adapter_config.json",
};

/** Bodies of routes that customers may call and that take no empty one. */
const BODIES: Partial<Record<Signature, unknown>> = { "POST /adapters/{adapterId}/recording": { agreed: true } };

/** How a request is signed: a key, or the headers a browser sends beside its cookie. */
export type Sender = { key: string } | { headers: Record<string, string> };

/**
 * Calls a route as anyone might, without the typed client: well-formed ids, an empty body where one is read and may be empty.
 * @param ids by parameter name @throws Error when the route has a parameter that the test does not know
 */
export function sendRoute(
  api: TestApi,
  { signature, def }: AnyRoute,
  call: { sender: Sender | null; ids: Record<string, string>; query?: string; body?: unknown },
): Promise<Response> {
  const { method, path } = parseSignature(signature);
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = FIXED[name] ?? call.ids[name];
    if (value === undefined) throw new Error(`${signature} needs a ${name} that this test does not know`);
    return value;
  });
  const headers = new Headers(signature.startsWith("GET") ? {} : { "content-type": "application/json" });
  if (call.sender && "key" in call.sender) headers.set("authorization", `Bearer ${call.sender.key}`);
  else for (const [name, value] of Object.entries(call.sender?.headers ?? {})) headers.set(name, value);
  if (def.ifMatch) headers.set("if-match", '"g1"');
  const body = def.body ? JSON.stringify(call.body ?? BODIES[signature] ?? {}) : def.streamMaxBytes ? "{}" : null;
  return api.fetch(`/api/v1${filled}${call.query ?? ""}`, { method, headers, body });
}
