import { HydrationBoundary } from "@tanstack/react-query";
import { notFound } from "next/navigation";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { ApiError } from "#lib/api/client.ts";
import { webDeps } from "#lib/api/deps.ts";
import { visitorApi } from "#lib/api/web-app.ts";
import { type Ahead, isMissing, prefetch } from "./prefetch.ts";

/** A refusal is the visitor's to see, in the page; anything else is ours to know. */
function logFailure(operation: string, error: unknown): void {
  const { log } = webDeps().deps;
  if (error instanceof ApiError && error.problem.status < 500)
    log.info("a page could not read ahead", { operation, code: error.problem.code });
  else log.warn("a page could not read ahead", { operation, error });
}

/** Children whose first answers are in the first HTML; a 404 among them is the page's own. */
export async function Prefetched({
  read,
  children,
}: {
  read: (ahead: Ahead) => Promise<unknown>;
  children: ReactNode;
}) {
  await connection(); // no page is built without a visitor
  const state = await prefetch(visitorApi, read, logFailure).catch((error: unknown) => {
    if (isMissing(error)) notFound();
    throw error;
  });
  return <HydrationBoundary state={state}>{children}</HydrationBoundary>;
}
