"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { ErrorState } from "../ui/error-state.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useApi } from "../ui/use-api.ts";

/** Goes to the page of a version of which only the id is known, as in a job's results. */
export function OpenVersion({ versionId }: { versionId: string }) {
  const router = useRouter();
  const read = useApi("GET /versions/{versionId}", { params: { versionId } });
  const adapterId = read.data?.adapterId;
  useEffect(() => {
    if (adapterId) router.replace(`/adapters/${adapterId}/versions/${versionId}`);
  }, [adapterId, versionId, router]);
  if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
  return <Skeleton className="h-80 w-full" />;
}
