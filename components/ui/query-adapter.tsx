"use client";

import { renderQueryString } from "nuqs/adapters/custom";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { createLatestQuery, watchAddress } from "./latest-query.ts";

const latest = createLatestQuery();
if (typeof window !== "undefined") watchAddress(window, latest);

/** nuqs hands over every query before it writes it. */
function note(search: URLSearchParams): URLSearchParams {
  latest.write(location, renderQueryString(search));
  return search;
}

/** Filters, ranges and open panels live in the address; a router that is late does not undo them. */
export const QueryAdapter = ({ children }: { children: ReactNode }) => (
  <NuqsAdapter processUrlSearchParams={note}>{children}</NuqsAdapter>
);
