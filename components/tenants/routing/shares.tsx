"use client";

import { lazy, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Adapter } from "#lib/registry/schema.ts";

const SharesDialog = lazy(() => import("./shares-dialog.tsx").then((module) => ({ default: module.SharesDialog })));

/** Gives another version a share of an adapter's requests, and ends all shares in one click. */
export function Shares({ adapter }: { adapter: Adapter }) {
  const [isEditing, setEditing] = useState(false);
  const denied = useDenied("cutover.start");
  const { route } = adapter;
  const isShared = route.candidateVersionId !== null || route.mirrorVersionId !== null;
  const hasNothing = route.liveVersionId === null && (route.originEndpointId === null || route.originEndedAt !== null);
  const end = useApiMutation("PUT /adapters/{adapterId}/traffic", {
    alsoRefresh: ["versions", "placements"],
    onDone: () => notify({ title: "All shares ended", tone: "ok" }),
  });
  return (
    <>
      {isShared && (
        <Button
          size="sm"
          disabledReason={denied}
          pending={end.isPending}
          onClick={() => end.run({ params: { adapterId: adapter.id }, generation: route.generation, body: {} })}
        >
          End shares
        </Button>
      )}
      <Button
        size="sm"
        disabledReason={denied ?? (hasNothing ? "No version is live, so there is no traffic to share." : undefined)}
        onClick={() => setEditing(true)}
      >
        {isShared ? "Change shares" : "Share traffic"}
      </Button>
      <OnceOpened open={isEditing}>
        {isEditing && <SharesDialog adapter={adapter} onClose={() => setEditing(false)} />}
      </OnceOpened>
    </>
  );
}
