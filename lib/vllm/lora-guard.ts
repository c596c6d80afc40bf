import { AppError } from "#lib/platform/errors.ts";

/** A call that must never leave this process; it is our own mistake, so nobody tries it again. */
export class GuardError extends AppError {
  constructor(reason: string, message: string) {
    super("internal", message, { reason });
    this.name = "GuardError";
  }
}

/** `<tenant>--<adapter>--v<N>-<digest12>` of `[a-z0-9-]`; single dashes inside the two slugs. */
const VERSIONED = /^[a-z0-9]+(?:-[a-z0-9]+)*--[a-z0-9]+(?:-[a-z0-9]+)*--v[1-9]\d*-[0-9a-f]{12}$/;

export const isVersionedName = (loraName: string): boolean => VERSIONED.test(loraName);

/**
 * What vLLM would take and must never get: a name that is not versioned (a later load under it would answer from the
 * former one's cache), one with a comma (its metrics join names with it), the base model's own (the adapter would serve
 * every customer), a path it would fetch from a model hub, a reload in place.
 * @param bases names and roots of the served base models, as far as they are known
 * @throws GuardError
 */
export function guardLoad(adapter: { loraName: string; path: string }, bases: ReadonlySet<string>): void {
  const { loraName, path } = adapter;
  const refuse = (reason: string, what: string) => {
    throw new GuardError(reason, `Refused to send a load of "${loraName}": ${what}.`);
  };
  if ("load_inplace" in adapter || "loadInplace" in adapter)
    refuse("load_inplace", "nothing is ever loaded in place of another adapter");
  if (loraName.includes(",")) refuse("comma_in_name", "a name must not hold a comma");
  if (bases.has(loraName)) refuse("name_is_base_model", "it is the base model's name");
  if (!isVersionedName(loraName)) refuse("name_not_versioned", "only versioned names are loaded");
  if (!path.startsWith("/")) refuse("path_not_absolute", "vLLM would take the path for a model of a hub");
  if (path.includes("\0") || path.split("/").some((part) => part === ".." || part === "."))
    refuse("path_not_plain", "its path leads elsewhere");
}

/**
 * @throws GuardError for the base model's name, which no unload may name
 */
export function guardUnload(loraName: string, bases: ReadonlySet<string>): void {
  if (loraName === "" || bases.has(loraName))
    throw new GuardError("name_is_base_model", `Refused to send an unload of "${loraName}": it is not an adapter.`);
}

/**
 * A CPU engine ends when such a request shares a batch with others (seen on 0.32.0).
 * @throws GuardError
 */
export function guardCompletion(body: { echo?: boolean | undefined; logprobs?: number | null | undefined }): void {
  if (body.echo === true && body.logprobs !== undefined && body.logprobs !== null)
    throw new GuardError("echo_with_logprobs", "Refused to ask for echo together with logprobs.");
}
