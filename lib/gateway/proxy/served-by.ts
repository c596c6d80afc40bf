import type { FallbackReason } from "../metrics.ts";
import type { Option } from "../routing/plan-route.ts";

/**
 * Who answers, said on every reply before its first byte. The base model has no version and says so; `none` = a service of
 * somebody else answers.
 * @param name the node's or the endpoint's
 */
export function pushServedBy(
  headers: string[],
  name: string,
  { version, via, on }: Option,
  fallbackReason: FallbackReason | null,
): void {
  headers.push("x-switchyard-served-by", headerSafe(name), "x-switchyard-via", via, "x-switchyard-version");
  if (version === null) headers.push(on === "endpoint" ? "none" : "base");
  else headers.push(`v${version.number}`, "x-switchyard-version-id", version.id);
  if (fallbackReason !== null) headers.push("x-switchyard-fallback-reason", fallbackReason);
}

/** People name endpoints as they like; a header holds printable ASCII only. */
const headerSafe = (name: string): string => (/^[\x20-\x7e]+$/.test(name) ? name : encodeURIComponent(name));
