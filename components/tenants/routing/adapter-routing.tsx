"use client";

import type { ReactNode } from "react";
import { TextLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Adapter, AdapterRoute } from "#lib/registry/schema.ts";
import { Origin } from "./origin.tsx";
import { Shares } from "./shares.tsx";

/** Where one adapter's requests go: what answers now, where it came from, and what has a share beside it. */
export function AdapterRouting({ adapter }: { adapter: Adapter }) {
  const { route } = adapter;
  return (
    <Card
      title={adapter.name}
      aside={
        <>
          <code className="font-mono text-xs">{adapter.slug}</code>
          {adapter.isDefault && <span>default</span>}
        </>
      }
      actions={<Shares adapter={adapter} />}
    >
      <KeyValue
        rows={[
          { label: "Answers now", value: <Answers adapterId={adapter.id} route={route} /> },
          ...(route.previousVersionNumber === null
            ? []
            : [{ label: "Rollback target", value: `v${route.previousVersionNumber}, still loaded` }]),
          ...shareRows(route),
          ...(route.liveVersionId !== null && route.originEndpointId === null
            ? []
            : [{ label: "Moving in", value: <Origin adapter={adapter} /> }]),
        ]}
      />
    </Card>
  );
}

function Answers({ adapterId, route }: { adapterId: string; route: AdapterRoute }) {
  if (route.liveVersionId !== null)
    return (
      <>
        <TextLink href={`/adapters/${adapterId}/versions/${route.liveVersionId}`}>v{route.liveVersionNumber}</TextLink>
        {route.liveSince && (
          <span className="text-fg-2">
            {" "}
            live since <Time at={route.liveSince} />
          </span>
        )}
      </>
    );
  return route.originEndpointId !== null && route.originEndedAt === null
    ? "Its origin, because no version is live yet"
    : "Nothing: requests get 404 until a version is live";
}

function shareRows(route: AdapterRoute): { label: string; value: ReactNode }[] {
  const rows: { label: string; value: ReactNode }[] = [];
  if (route.candidateVersionNumber !== null)
    rows.push({
      label: "Candidate",
      value: `v${route.candidateVersionNumber} gets ${route.weightPercent} % of the conversations`,
    });
  if (route.mirrorVersionNumber !== null)
    rows.push({
      label: "Mirror",
      value: `v${route.mirrorVersionNumber} gets copies of ${route.mirrorPercent} % of the requests; its replies are discarded`,
    });
  return rows;
}
