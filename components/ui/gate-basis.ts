import type { Cutover } from "#lib/cutover/schema.ts";
import type { StatusValue } from "./status-words.ts";

/** What a cutover rests on: a pass, an override, or that the version served its customer elsewhere before. */
export function gateBasis({
  overrideReason,
  adopted,
}: Pick<Cutover, "overrideReason" | "adopted">): StatusValue<"verdict"> {
  if (overrideReason === null) return "pass";
  return adopted ? "adopted" : "overridden";
}
