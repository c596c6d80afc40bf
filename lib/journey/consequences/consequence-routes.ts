import { route } from "#lib/identity/route.ts";
import { AskConsequences, ConsequencesSchema } from "../browser/consequences-schema.ts";
import { readConsequences } from "./read-consequences.ts";

export const consequenceRoutes = [
  route(
    "POST /consequences",
    {
      summary: "Preview the consequences of an action",
      description:
        "Returns what changes, who is affected, how to undo it, and what prevents it. The load that would move and requests left without an answer are forecasts from the last hour.",
      action: "fleet.read",
      body: AskConsequences,
      ok: ConsequencesSchema,
      errors: ["not_found"],
      unaudited: "It changes nothing; what is asked about does not fit into a query.",
    },
    ({ ctx, body }) => readConsequences(ctx, body),
  ),
] as const;
