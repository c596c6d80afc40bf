import { setTimeout as wait } from "node:timers/promises";
import { type DehydratedState, dehydrate, QueryClient } from "@tanstack/react-query";
import { type ListSignature, pagesOptions, type ReadSignature, readOptions } from "#components/ui/query-options.ts";
import { ApiError, type CallInput, type CallOutput, type Client } from "#lib/api/client.ts";

/** Reads ahead of a page's components. What is refused or fails is undefined here; the browser asks again. */
export type Ahead = {
  /** For what a component reads with `useApi`. */
  one<S extends ReadSignature>(call: readonly [S, CallInput<S>]): Promise<CallOutput<S> | undefined>;
  /** The first page of what a component reads with `useApiList`. */
  pages<S extends ListSignature>(call: readonly [S, CallInput<S>]): Promise<void>;
};

/** A page waits no longer than this for its first answers. */
const LONGEST_MS = 1_000;

export const isMissing = (error: unknown): boolean => error instanceof ApiError && error.problem.status === 404;

/**
 * What a page's components find in their cache when they start.
 * @param heardOf called for each call that did not succeed
 * @throws ApiError of status 404: there is no such object for this visitor
 */
export async function prefetch(
  api: Client,
  read: (ahead: Ahead) => Promise<unknown>,
  heardOf: (signature: string, error: unknown) => void,
  longestMs = LONGEST_MS,
): Promise<DehydratedState> {
  const cache = new QueryClient();
  const heed = (signature: string) => (error: unknown) => {
    heardOf(signature, error);
    if (isMissing(error)) throw error;
    return undefined;
  };
  const ahead: Ahead = {
    one: ([signature, input]) => cache.fetchQuery(readOptions(api, signature, input)).catch(heed(signature)),
    pages: ([signature, input]) =>
      cache.fetchInfiniteQuery(pagesOptions(api, signature, input)).then(() => undefined, heed(signature)),
  };
  await Promise.race([read(ahead), wait(longestMs, undefined, { ref: false })]);
  return dehydrate(cache);
}
