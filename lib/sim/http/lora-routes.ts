import type { IncomingMessage, ServerResponse } from "node:http";
import { errorText } from "#lib/platform/errors.ts";
import { EngineDead } from "../engine/engine-dead.ts";
import { AdapterNotFound, InvalidAdapter } from "../model/adapter-errors.ts";
import type { NodeContext } from "./node-context.ts";
import { parseBody } from "./parse-body.ts";
import { HttpError, sendRaw } from "./reply.ts";
import { AdapterBodySchema, LoadBodySchema, UnloadBodySchema } from "./request-schema.ts";
import { verifyLoad } from "./verify-load.ts";

const refuse = (status: number, type: string, message: string) => new HttpError(status, type, message);

/** One load or unload at a time per name; different names only meet in the engine's loop. */
export function nameLocks(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const tails = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const before = tails.get(name) ?? Promise.resolve();
    const run = before.then(work, work);
    tails.set(name, run);
    const forget = () => {
      if (tails.get(name) === run) tails.delete(name);
    };
    run.then(forget, forget);
    return run;
  };
}
export type NameLocks = ReturnType<typeof nameLocks>;

/** POST /v1/load_lora_adapter */
export async function loadRoute(
  context: NodeContext,
  locks: NameLocks,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const body = await parseBody(request, LoadBodySchema);
  sendRaw(response, 200, await load(context, locks, body, "/v1/load_lora_adapter"));
}

/** POST /v1/unload_lora_adapter: forgets the name; the engine is not told and the weights stay where they are. */
export async function unloadRoute(
  context: NodeContext,
  locks: NameLocks,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const body = await parseBody(request, UnloadBodySchema);
  sendRaw(response, 200, await unload(context, locks, body.lora_name));
}

/** POST /adapters */
export async function loadAnywhere(
  context: NodeContext,
  locks: NameLocks,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const { name, src, load_inplace } = await parseBody(request, AdapterBodySchema);
  await load(context, locks, { lora_name: name, lora_path: src, load_inplace }, "/adapters");
  sendRaw(response, 200, `Adapter ${name} registered`);
}

/** DELETE /adapters/{name} */
export async function unloadAnywhere(
  context: NodeContext,
  locks: NameLocks,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const { pathname } = new URL(request.url ?? "/", "http://node");
  const name = decodeURIComponent(pathname.slice("/adapters/".length));
  await unload(context, locks, name);
  sendRaw(response, 200, `Adapter ${name} unregistered`);
}

/**
 * With the plugin: its proof of the bytes first, and its word behind vLLM's.
 * @returns the plain text of a success @throws HttpError by the table of vllm.md §1.2
 */
async function load(
  context: NodeContext,
  locks: NameLocks,
  body: { lora_name: string; lora_path: string; load_inplace: boolean },
  path: string,
): Promise<string> {
  const digest = context.adapterDir === null ? null : await verifyLoad(context.adapterDir, body.lora_path);
  const answer = await loadByVllm(context, locks, body, path);
  return digest === null ? answer : `${answer} switchyard_verified=${digest}`;
}

function loadByVllm(
  context: NodeContext,
  locks: NameLocks,
  body: { lora_name: string; lora_path: string; load_inplace: boolean },
  path: string,
): Promise<string> {
  const { registry, profile, engine, base } = context;
  const name = body.lora_name;
  return locks(name, async () => {
    if (name === "" || body.lora_path === "")
      throw refuse(400, "InvalidUserInput", "Both 'lora_name' and 'lora_path' must be provided.");
    if (profile.baseName === "refused" && name === base.name)
      throw refuse(400, "InvalidUserInput", `The lora adapter '${name}' conflicts with a served base model.`);
    const isInplace = body.load_inplace && profile.knowsInplace;
    if (registry.get(name) !== null && !isInplace) throw alreadyLoaded(name, profile.knowsInplace);
    if (!context.enablesLora)
      throw loadFailure(context, new InvalidAdapter("LoRA is not enabled. Use --enable-lora to enable LoRA."));
    const entry = registry.draft(name, body.lora_path, isInplace);
    if (profile.validatesOnLoad)
      await engine.load(entry).catch((error: unknown) => Promise.reject(loadFailure(context, error)));
    if (!context.faults.swallowsLoad(name, path)) registry.add(entry);
    context.log.info("adapter loaded", { loraName: name });
    return `Success: LoRA adapter '${name}' added successfully.`;
  });
}

const alreadyLoaded = (name: string, knowsInplace: boolean) =>
  refuse(
    400,
    "InvalidUserInput",
    `The lora adapter '${name}' has already been loaded.` +
      (knowsInplace ? " If you want to load the adapter in place, set 'load_inplace' to True." : ""),
  );

function loadFailure({ profile }: NodeContext, error: unknown): HttpError {
  if (error instanceof AdapterNotFound) return refuse(404, "NotFoundError", error.message);
  const reason = errorText(error);
  if (error instanceof EngineDead) return refuse(500, "InternalServerError", reason);
  if (profile.refusedLoadStatus === 400) return refuse(400, "BadRequestError", reason);
  return refuse(500, "InternalServerError", `Call to add_lora method failed: ${reason}`);
}

function unload(context: NodeContext, locks: NameLocks, name: string): Promise<string> {
  return locks(name, async () => {
    if (name === "")
      throw refuse(400, "InvalidUserInput", "'lora_name' needs to be provided to unload a LoRA adapter.");
    if (!context.registry.remove(name)) {
      const { unknownUnloadStatus } = context.profile;
      const type = unknownUnloadStatus === 404 ? "NotFoundError" : "InvalidUserInput";
      throw refuse(unknownUnloadStatus, type, `The lora adapter '${name}' cannot be found.`);
    }
    context.log.info("adapter unloaded", { loraName: name });
    return `Success: LoRA adapter '${name}' removed successfully.`;
  });
}
