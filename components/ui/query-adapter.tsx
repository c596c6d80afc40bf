"use client";

import { renderQueryString } from "nuqs/adapters/custom";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { type ReactNode, useEffect } from "react";
import { createLatestQuery, watchAddress } from "./latest-query.ts";

const latest = createLatestQuery();

/** nuqs hands over every query before it writes it. */
function note(search: URLSearchParams): URLSearchParams {
  latest.write(window.location, renderQueryString(search));
  return search;
}

/** Filters, ranges and open panels live in the address; a router that is late does not undo them. */
export function QueryAdapter({ children }: { children: ReactNode }) {
  useEffect(() => watchAddress(window, latest), []);
  return <NuqsAdapter processUrlSearchParams={note}>{children}</NuqsAdapter>;
}
