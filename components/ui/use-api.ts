"use client";

import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { ApiError, api, type CallInput, type CallOutput, type Signature } from "#lib/api/client.ts";
import { readEveryPage } from "#lib/http/browser/every-page.ts";
import type { Page, Problem } from "#lib/http/schema.ts";
import { itemsKey, resourceKey, resourceOf } from "./query-key.ts";
import { type ListSignature, pagesOptions, type ReadSignature, readOptions } from "./query-options.ts";
import { needsSignIn } from "./session-watch.ts";
import { singleFlight } from "./single-flight.ts";

type ItemOf<S extends ListSignature> = CallOutput<S> extends { items: readonly (infer Item)[] } ? Item : never;

/** The problem to show for anything thrown by a call. */
export const problemOf = (error: unknown): Problem | null => {
  if (error === null || error === undefined) return null;
  if (error instanceof ApiError) return error.problem;
  return {
    type: "about:blank",
    title: "Something went wrong",
    status: 0,
    code: "client_error",
    detail: error instanceof Error ? error.message : "The page could not complete this action.",
    fix: "Reload the page.",
    requestId: "",
    errors: [],
  };
};

type ReadOptions = {
  enabled?: boolean;
  /** Poll every so many ms; false = on demand only. */
  refreshMs?: number | false;
};

/** A 4xx stays a 4xx however often it is asked. */
const isRefused = (error: unknown): boolean =>
  error instanceof ApiError && error.problem.status >= 400 && error.problem.status < 500;

/**
 * A first read that failed is asked again behind its problem: only an answer takes that off the screen. An expired session
 * is no problem of a panel: the page's banner says it once, and what was read stays.
 */
function useStandingProblem(error: unknown, isAnswered: boolean): Problem | null {
  const standing = useRef<Problem | null>(null);
  const problem = problemOf(error);
  if (needsSignIn(problem)) return standing.current;
  if (problem) standing.current = problem;
  else if (isAnswered) standing.current = null;
  return standing.current;
}

/** Reads one endpoint and keeps it fresh. */
export function useApi<S extends ReadSignature>(
  signature: S,
  input: CallInput<S>,
  options: Omit<ReadOptions, "refreshMs"> & {
    /** A function decides by what was read last, so that what has ended is asked no more. */
    refreshMs?: ReadOptions["refreshMs"] | ((data: CallOutput<S> | undefined) => number | false);
  } = {},
) {
  const { refreshMs = false } = options;
  const query = useQuery({
    ...readOptions(api, signature, input),
    enabled: options.enabled ?? true,
    refetchInterval: (asked) => {
      if (isRefused(asked.state.error)) return false;
      return typeof refreshMs === "function" ? refreshMs(asked.state.data) : refreshMs;
    },
    placeholderData: keepPreviousData,
  });
  const problem = useStandingProblem(query.error, query.data !== undefined);
  return {
    data: query.data,
    problem,
    /** Neither an answer nor a problem yet. */
    isPending: query.data === undefined && problem === null,
    isFetching: query.isFetching,
    /** When this page last heard from the server, as an ISO time. */
    readAt: query.dataUpdatedAt ? new Date(query.dataUpdatedAt).toISOString() : null,
    retry: () => void query.refetch(),
  };
}

const pageCount = (data: unknown): number => (data as InfiniteData<unknown> | undefined)?.pages.length ?? 0;

/** Reads a list page by page. Polling reads all pages that are shown, so a longer list is polled less often. */
export function useApiList<S extends ListSignature>(signature: S, input: CallInput<S>, options: ReadOptions = {}) {
  const query = useInfiniteQuery({
    ...pagesOptions(api, signature, input),
    enabled: options.enabled ?? true,
    refetchInterval: ({ state: { error, data } }) =>
      isRefused(error) || !options.refreshMs ? false : options.refreshMs * Math.max(1, pageCount(data)),
    placeholderData: keepPreviousData,
  });
  const problem = useStandingProblem(query.error, query.data !== undefined);
  const pages = (query.data as InfiniteData<{ items: ItemOf<S>[] }> | undefined)?.pages;
  const list = {
    items: pages?.flatMap((page) => page.items),
    problem,
    hasMore: query.hasNextPage,
    loadMore: () => void query.fetchNextPage(),
    isLoadingMore: query.isFetchingNextPage,
    retry: () => void query.refetch(),
  };
  return {
    ...list,
    /** Neither an answer nor a problem yet. */
    isPending: list.items === undefined && problem === null,
    /** The same as props of `<DataTable>`. */
    table: {
      rows: list.items,
      problem,
      onRetry: list.retry,
      hasMore: list.hasMore,
      onLoadMore: list.loadMore,
      loadingMore: list.isLoadingMore,
    },
    /** For what a list says besides its items, such as counts. */
    firstPage: query.data?.pages[0] as CallOutput<S> | undefined,
    readAt: query.dataUpdatedAt ? new Date(query.dataUpdatedAt).toISOString() : null,
  };
}

/** All items of a list, for what offers a choice among them: one that is missing could not be chosen. Undefined until they are read. */
export function useEvery<S extends ListSignature>(signature: S, input: CallInput<S>): ItemOf<S>[] | undefined {
  return useQuery({
    queryKey: itemsKey(signature, input),
    queryFn: ({ signal }) =>
      readEveryPage((page) => {
        const asked = input as { query?: object };
        const part = { ...asked, query: { ...asked.query, ...page }, signal } as unknown as CallInput<S>;
        return api.call(signature, part) as Promise<Page<ItemOf<S>>>;
      }),
    placeholderData: keepPreviousData,
  }).data;
}

/** `singleFlight` for the life of a component. */
export function useSingleFlight<Input, Output>(call: (input: Input) => Promise<Output>): typeof call {
  const latest = useRef(call);
  latest.current = call;
  const [once] = useState(() => singleFlight((input: Input) => latest.current(input)));
  return once;
}

/** How long a change that is done waits for the page to have read it. */
const REFRESH_WAIT_MS = 1000;
/** That time. */
export const waited = () => new Promise((resolve) => setTimeout(resolve, REFRESH_WAIT_MS));

/**
 * Changes something, then refreshes what it touched; a read that is slow or failing holds up nobody who is done.
 * @param alsoRefresh resources besides the one in the path, such as "journey"
 */
export function useApiMutation<S extends Exclude<Signature, `GET ${string}`>>(
  signature: S,
  options: { alsoRefresh?: readonly string[]; onDone?: (result: CallOutput<S>) => void } = {},
) {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: (input: CallInput<S>) => api.call(signature, input),
    onSuccess: async (result) => {
      const touched = [resourceOf(signature), "journey", "overview", ...(options.alsoRefresh ?? [])];
      const refreshed = Promise.all(
        touched.map((resource) => client.invalidateQueries({ queryKey: resourceKey(resource) })),
      );
      await Promise.race([refreshed, waited()]);
      options.onDone?.(result);
    },
  });
  const change = useSingleFlight((input: CallInput<S>) => mutation.mutateAsync(input));
  const run = useCallback(
    (input: CallInput<S>, { onSuccess }: { onSuccess?: (result: CallOutput<S>) => void } = {}) =>
      void change(input).then(onSuccess, () => undefined),
    [change],
  );
  return {
    /** What goes wrong is in `problem`. The same function at every render, so that an effect may depend on it. */
    run,
    data: mutation.data,
    runAsync: change,
    isPending: mutation.isPending,
    problem: problemOf(mutation.error),
    reset: mutation.reset,
  };
}
