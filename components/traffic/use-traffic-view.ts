"use client";

import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { ONLY } from "./traffic-sentence.ts";

export const BY = ["tenant", "node"] as const;

/** What the page shows, in the URL: a copied link shows the same. */
export const useTrafficView = () =>
  useQueryStates({
    by: parseAsStringLiteral(BY).withDefault("tenant"),
    q: parseAsString.withDefault("").withOptions({ throttleMs: 300 }),
    only: parseAsStringLiteral(ONLY),
    sort: parseAsString.withDefault(""),
  });
