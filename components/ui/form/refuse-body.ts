import type * as z from "zod";
import type { Problem } from "#lib/http/schema.ts";

const NOT_LOADED: Problem = {
  type: "about:blank",
  title: "Not checked",
  status: 0,
  code: "not_loaded",
  detail: "A part of this page could not be loaded, so nothing was sent.",
  fix: "Check the connection, then try again. If it fails again, reload the page.",
  requestId: "",
  errors: [],
};

/** Why a body would be refused, before it is sent; the checks are loaded when they are first needed. */
export async function refuseBody({
  schema,
  body,
}: {
  schema: () => Promise<z.ZodType>;
  body: unknown;
}): Promise<Problem | null> {
  // only a failed fetch is reported as one: a check that throws is a defect, and shows as such
  const parts = await Promise.all([import("./check-body.ts"), schema()]).catch(() => null);
  if (parts === null) return NOT_LOADED;
  const [{ refusalOf }, loaded] = parts;
  return refusalOf(loaded, body);
}
