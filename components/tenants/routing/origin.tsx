"use client";

import { lazy, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { MovingIn } from "#lib/cutover/browser/moving-in-schema.ts";
import type { Adapter } from "#lib/registry/schema.ts";
import { EndOrigin, useDeclared } from "./end-origin.tsx";

const OriginDialog = lazy(() => import("./origin-dialog.tsx").then((module) => ({ default: module.OriginDialog })));

const REFRESH_MS = 4000;

/** The customer's own endpoint, as far as there is one, and the one thing to do about it. */
export function Origin({ adapter }: { adapter: Adapter }) {
  const [isChoosing, setChoosing] = useState(false);
  const denied = useDenied("cutover.start");
  const { route } = adapter;
  const read = useApi("GET /moving-in", { query: { adapterId: adapter.id } }, { refreshMs: REFRESH_MS });
  const item = read.data?.items[0];
  const canChoose = route.liveVersionId === null || route.originEndedAt !== null;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <span className="min-w-0 grow basis-64">
        {item ? <Standing item={item} /> : route.originEndpointId === null ? <NoOrigin /> : "Unknown"}
      </span>
      {canChoose && (
        <Button size="sm" disabledReason={denied} onClick={() => setChoosing(true)}>
          {route.originEndpointId === null ? "Set origin" : "Change origin"}
        </Button>
      )}
      {item && (item.state === "in_pool" || item.state === "may_end") && <EndOrigin adapter={adapter} item={item} />}
      <OnceOpened open={isChoosing}>
        {isChoosing && <OriginDialog adapter={adapter} onClose={() => setChoosing(false)} />}
      </OnceOpened>
    </div>
  );
}

const NoOrigin = () => (
  <span className="text-fg-2">
    No origin. Set the customer's current endpoint to serve requests until a version is live.
  </span>
);

/** Where it stands, with dates in the reader's own zone, and what the endpoint takes. */
function Standing({ item }: { item: MovingIn }) {
  const frees = useDeclared(item);
  const name = item.endpointName;
  switch (item.state) {
    case "at_origin":
      return <>Requests go to {name}.</>;
    case "moving":
      return <>Requests go to {name} until the cutover is done.</>;
    case "in_pool":
      return (
        <>
          {name} is kept for rollback
          {item.originUntil && (
            <>
              {" "}
              until <Time at={item.originUntil} as="absolute" />
            </>
          )}
          . Switching it off frees {frees}.
        </>
      );
    case "may_end":
      return (
        <span className="text-warn">
          {name} may be switched off
          {item.originUntil && (
            <>
              {" "}
              since <Time at={item.originUntil} as="absolute" />
            </>
          )}
          : that frees {frees}.
        </span>
      );
    case "ended":
      return (
        <>
          {name} was switched off {item.originEndedAt && <Time at={item.originEndedAt} />}: {frees} freed.
        </>
      );
  }
}
