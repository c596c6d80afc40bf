/** What the pool of a model must be set to answer besides chats and completions. */
type OptionalApi = "embeddings" | "responses";
type Inference = { kind: "inference"; path: string; optional: OptionalApi | null };
/** What one request on the public port is for. */
export type Asked = { kind: "livez" | "readyz" | "models" } | { kind: "model"; id: string } | Inference;

const INFERENCE: ReadonlyMap<string, OptionalApi | null> = new Map([
  ["/v1/chat/completions", null],
  ["/v1/completions", null],
  ["/v1/embeddings", "embeddings"],
  ["/v1/responses", "responses"],
]);
const MODEL = "/v1/models/";

/**
 * Everything the public port knows; null = nothing else is ever forwarded, so that nodes' management paths cannot be
 * reached, and no stored response can be read.
 */
export function readPath(method: string | undefined, path: string): Asked | null {
  if (method === "POST") {
    const optional = INFERENCE.get(path);
    return optional === undefined ? null : { kind: "inference", path, optional };
  }
  if (method !== "GET") return null;
  if (path === "/livez") return { kind: "livez" };
  if (path === "/readyz") return { kind: "readyz" };
  if (path === "/v1/models") return { kind: "models" };
  const id = path.startsWith(MODEL) ? decoded(path.slice(MODEL.length)) : "";
  return id === "" ? null : { kind: "model", id };
}

/** "" = nothing that could be a name. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return ""; // a stray percent sign
  }
}
