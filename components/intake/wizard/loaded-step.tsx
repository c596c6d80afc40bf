"use client";

import type { JourneyTenant } from "#lib/journey/schema.ts";
import type { Version } from "#lib/registry/schema.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { KeyValue } from "../../ui/key-value.tsx";
import { MeasurementView } from "../../ui/measurement.tsx";
import { useDenied } from "../../ui/reader.tsx";
import { Status } from "../../ui/status.tsx";
import { useApi, useApiList, useApiMutation } from "../../ui/use-api.ts";
import { AsApi, curl } from "../as-api.tsx";

const REFRESH_MS = 2000;
type Props = { version: Version; next: JourneyTenant["nextStep"] };

/** The checked version goes onto its pool's nodes, each load proven by one real request. */
export function LoadedStep({ version, next }: Props) {
  const denied = useDenied("placement.write");
  const stage = useApiMutation("POST /versions/{versionId}/stage", { alsoRefresh: ["placements"] });
  const placements = useApiList("GET /placements", { query: { versionId: version.id } }, { refreshMs: REFRESH_MS });
  const items = placements.items ?? [];
  const page = `/adapters/${version.adapterId}/versions/${version.id}`;
  return (
    <>
      <VersionFacts version={version} />
      {items.length > 0 && (
        <ul className="flex flex-col divide-y rounded-card border" aria-label="Nodes">
          {items.map((placement) => (
            <li key={placement.id} className="flex flex-wrap items-center gap-x-4 px-3 py-2 text-sm">
              <span className="w-40 truncate">{placement.nodeName ?? placement.nodeId}</span>
              <Status of="placement" is={placement.state} since={placement.since} />
              {placement.state === "failed" && <span className="text-fg-2">{placement.message}</span>}
            </li>
          ))}
        </ul>
      )}
      <div className="flex flex-wrap gap-2">
        {(items.length === 0 || next.state === "blocked") && (
          <Button
            variant="primary"
            disabledReason={denied}
            pending={stage.isPending}
            onClick={() => stage.run({ params: { versionId: version.id }, body: {} })}
          >
            {items.length === 0 ? `Load v${version.number}` : `Load v${version.number} again`}
          </Button>
        )}
        <LinkButton href={page}>Open report</LinkButton>
      </div>
      {stage.problem && <ErrorState problem={stage.problem} size="inline" />}
      <AsApi commands={(base) => [curl(`${base}/versions/${version.id}/stage`, {})]} />
    </>
  );
}

/** What will be loaded, and what it takes on each node. */
function VersionFacts({ version }: { version: Version }) {
  const memory = useApi("GET /versions/{versionId}/memory", { params: { versionId: version.id } }).data;
  return (
    <KeyValue
      rows={[
        { label: "Version", value: `v${version.number}, rank ${version.rank ?? "unknown"}` },
        { label: "GPU slot", value: memory ? <MeasurementView value={memory.slot.figure} mark="icon" /> : "Unknown" },
        {
          label: "Padding per slot",
          value: memory ? <MeasurementView value={memory.wasteShare.figure} mark="icon" /> : "Unknown",
        },
        { label: "CPU cache", value: memory ? <MeasurementView value={memory.host.figure} mark="icon" /> : "Unknown" },
      ]}
    />
  );
}
