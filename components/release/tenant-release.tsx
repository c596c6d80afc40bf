"use client";

import { ErrorState } from "../ui/error-state.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { notify } from "../ui/toast.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";
import { ReleaseCard } from "./release-card.tsx";

/** How far a tenant's new versions go by themselves, and who agrees first. */
export function TenantRelease({ tenantId }: { tenantId: string }) {
  const read = useApi("GET /tenants/{tenantId}/release-policy", { params: { tenantId } });
  const denied = useDenied("tenant.write");
  const save = useApiMutation("PUT /tenants/{tenantId}/release-policy", {
    alsoRefresh: ["journey"],
    onDone: () => notify({ title: "Release policy saved", tone: "ok" }),
  });
  if (!read.data) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return (
      <div aria-busy="true">
        <Skeleton className="h-96 w-full" />
      </div>
    );
  }
  return (
    <ReleaseCard
      title="Release policy"
      read={read.data}
      denied={denied}
      save={(input) => save.runAsync({ params: { tenantId }, ...input })}
      onDiscard={read.retry}
    />
  );
}
