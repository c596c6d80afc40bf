"use client";

import { lazy, Suspense } from "react";
import { AddNodePage } from "#components/nodes/add-node-page.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

const PoolFromNode = lazy(() =>
  import("#components/pools/pool-from-node.tsx").then((module) => ({ default: module.PoolFromNode })),
);

/** The wizard of nodes with the form of pools in it: neither knows the other. */
export function AddNode() {
  return (
    <AddNodePage
      newPool={(props) => (
        <Suspense fallback={<Skeleton className="h-80 w-full" />}>
          <PoolFromNode {...props} />
        </Suspense>
      )}
    />
  );
}
