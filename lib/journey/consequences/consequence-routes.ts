import { route } from "#lib/identity/route.ts";
import { AskConsequences, ConsequencesSchema } from "../browser/consequences-schema.ts";
import { readConsequences } from "./read-consequences.ts";

export const consequenceRoutes = [
  route(
    "POST /consequences",
    {
      summary: "What an action would do, before it is done",
      description:
        "What changes, whom it touches, the load that would move (a forecast from the last hour's requests), who would be left without an answer, how to take it back, and what stands in the way.",
      action: "fleet.read",
      body: AskConsequences,
      ok: ConsequencesSchema,
      errors: ["not_found"],
      unaudited: "It changes nothing; what is asked about does not fit into a query.",
    },
    ({ ctx, body }) => readConsequences(ctx, body),
  ),
] as const;
