"use client";

import { lazy, useState } from "react";
import type { Offboarding, OffboardingPreview as Preview } from "#lib/registry/browser/offboarding-schema.ts";
import { Button, TextLink } from "../ui/button.tsx";
import { Card, Notice } from "../ui/card.tsx";
import { formatBytes, formatCount, quantityText } from "../ui/format.ts";
import { KeyValue } from "../ui/key-value.tsx";
import { OnceOpened } from "../ui/once-opened.tsx";
import { useDenied, useReader } from "../ui/reader.tsx";
import { TierMark } from "../ui/tier-mark.tsx";

const OffboardDialog = lazy(() =>
  import("./offboard-dialog.tsx").then((module) => ({ default: module.OffboardDialog })),
);

/** What would go, where it lies, and where weights may stay, before anybody presses anything. */
export function OffboardingPreview({ offboarding, preview }: { offboarding: Offboarding; preview: Preview }) {
  const [isAsking, setAsking] = useState(false);
  const denied = useDenied("tenant.write");
  const away = preview.placements.filter(({ reachable }) => !reachable);
  return (
    <>
      <section aria-labelledby="offboarding-title" className="flex flex-col gap-3">
        <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
          <div className="min-w-0 grow basis-72">
            <h2 id="offboarding-title" className="text-lg font-semibold">
              Off-board {offboarding.name}
            </h2>
            <p className="max-w-prose text-md text-fg-2">
              Stops its traffic, and deletes its keys and versions. A record of what was removed, where and when, is
              kept. To stop only its traffic, suspend it instead.
            </p>
          </div>
          <Button disabledReason={denied} onClick={() => setAsking(true)}>
            Off-board {offboarding.slug}…
          </Button>
        </div>
        {away.length > 0 && (
          <Notice tone="warn">
            {away.map(({ nodeName }) => nodeName).join(", ")} cannot be reached. Adapters loaded there wait until it is
            back or removed from its pool; all other steps continue.
          </Notice>
        )}
      </section>
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-2">
        <Belongings tenantId={offboarding.tenantId} preview={preview} />
        <Nodes preview={preview} />
      </div>
      <OnceOpened open={isAsking}>
        <OffboardDialog offboarding={offboarding} preview={preview} open={isAsking} onOpenChange={setAsking} />
      </OnceOpened>
    </>
  );
}

function Belongings({ tenantId, preview }: { tenantId: string; preview: Preview }) {
  const { locale } = useReader();
  const count = (value: number) => formatCount(value, locale);
  const { versions, directories, bytes, live, requestsLastHour } = preview;
  const root = `/tenants/${tenantId}`;
  return (
    <Card title="Data to remove">
      <KeyValue
        rows={[
          { label: "Requests, last hour", value: count(requestsLastHour) },
          {
            label: "Adapters",
            value: <TextLink href={`${root}/adapters`}>{`${count(preview.adapters)}, ${count(live)} live`}</TextLink>,
          },
          {
            label: "Versions",
            value: `${count(versions)}, ${quantityText(formatBytes(bytes, locale))} in ${count(directories)} ${directories === 1 ? "directory" : "directories"}`,
          },
          { label: "API keys", value: <TextLink href={`${root}/access`}>{count(preview.keys)}</TextLink> },
          { label: "People in the portal", value: count(preview.people) },
          { label: "Evaluations running", value: count(preview.openRuns) },
          { label: "Cutovers open", value: count(preview.openCutovers) },
        ]}
      />
    </Card>
  );
}

function Nodes({ preview }: { preview: Preview }) {
  const { placements, residue } = preview;
  return (
    <Card title="On nodes" aside={`loaded on ${placements.length}`}>
      <div className="flex flex-col gap-3 text-sm">
        <p className="text-fg-2">
          vLLM may keep weights in memory after an unload. Only a node restart clears them reliably.
        </p>
        {residue.length === 0 ? (
          <p>No node’s current process has loaded any of its versions.</p>
        ) : (
          <ul className="flex flex-col divide-y">
            {residue.map(({ nodeId, nodeName, tier, message, epoch }) => (
              <li key={nodeId} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-2">
                <TextLink href={`/nodes/${nodeId}`} className="font-medium">
                  {nodeName}
                </TextLink>
                <TierMark tier={tier} />
                <span className="text-fg-3">epoch {epoch}</span>
                <span className="basis-full text-fg-2">{message}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  );
}
