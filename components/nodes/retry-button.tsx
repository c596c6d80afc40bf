"use client";

import { Button } from "#components/ui/button.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Placement } from "#lib/fleet/schema.ts";

/** Gives a failed placement another try now, instead of at its next time. */
export function RetryButton({ placement }: { placement: Placement }) {
  const denied = useDenied("placement.write");
  const retry = useApiMutation("POST /placements/{placementId}/retry", { alsoRefresh: ["nodes"] });
  return (
    <span className="row-action inline-flex items-center gap-2">
      <Button
        size="sm"
        disabledReason={denied}
        pending={retry.isPending}
        onClick={() => retry.run({ params: { placementId: placement.id } })}
      >
        Try again
      </Button>
      {retry.problem && (
        <span role="alert" className="text-xs text-bad" title={retry.problem.detail}>
          {retry.problem.title}
        </span>
      )}
    </span>
  );
}
