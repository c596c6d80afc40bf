"use client";

import { useEffect } from "react";

type Pages = { hasMore: boolean; isLoadingMore: boolean; loadMore: () => void; problem: unknown };

/** Reads on, page after page, while `isWanted` and there is more. A failed page stops it; the list's retry goes on. */
export function useMorePages({ hasMore, isLoadingMore, loadMore, problem }: Pages, isWanted: boolean): void {
  const shouldLoad = isWanted && hasMore && !isLoadingMore && problem === null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: loadMore is made anew on each render
  useEffect(() => {
    if (shouldLoad) loadMore();
  }, [shouldLoad]);
}
