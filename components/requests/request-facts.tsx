"use client";

import type { ReactNode } from "react";
import type { RequestDetail } from "#lib/requests/browser/request-schema.ts";
import { TextLink } from "../ui/button.tsx";
import { CopyId } from "../ui/copy.tsx";
import { formatCount } from "../ui/format.ts";
import { KeyValue, type KeyValueRow } from "../ui/key-value.tsx";
import { MeasurementView } from "../ui/measurement.tsx";
import { useReader } from "../ui/reader.tsx";
import { type Tier, TierMark } from "../ui/tier-mark.tsx";
import { Time } from "../ui/time.tsx";
import { type Audience, viaWords } from "../ui/via-words.ts";

const KINDS: Record<RequestDetail["kind"], string> = {
  user: "Of the customer",
  eval: "Of an evaluation",
  shadow: "Copy for a candidate version",
  probe: "A trial or a probe",
};

/** Everything else that is on record of it. */
export function RequestFacts({ request, audience }: { request: RequestDetail; audience: Audience }) {
  const { locale } = useReader();
  const isStaff = audience === "staff";
  const rows: KeyValueRow[] = [
    { label: "Status", value: <Answered request={request} /> },
    { label: "Answered by", value: request.via === null ? "Nothing" : viaWords(request.via, audience) },
    { label: "Version", value: <VersionOf request={request} isStaff={isStaff} /> },
    ...(isStaff ? staffPlace(request) : []),
    { label: "Tokens in", value: <MeasurementView value={request.promptTokens} /> },
    { label: "Tokens out", value: <MeasurementView value={request.completionTokens} /> },
    { label: "Speed", value: <MeasurementView value={request.tokensPerSecond} /> },
    { label: "First byte", value: request.stream ? <MeasurementView value={request.ttft} /> : "–" },
    { label: "Sent as", value: `${request.path}${request.stream ? ", streamed" : ""}` },
    { label: "Retries", value: formatCount(request.retries, locale) },
    { label: "Arrived", value: <Time at={request.arrivedAt} as="absolute" /> },
    { label: "Key", value: <KeyOf request={request} /> },
    ...(request.kind === "user" ? [] : [{ label: "Kind", value: KINDS[request.kind] }]),
  ];
  return <KeyValue rows={rows} />;
}

/** The number, and the code of why not, which the help page explains. */
function Answered({ request: { status, reason } }: { request: RequestDetail }): ReactNode {
  if (status === 0) return "None: it stopped midway";
  if (reason === null) return status;
  return (
    <>
      {status} ·{" "}
      <TextLink href={`/help/errors#${reason}`}>
        <code className="font-mono text-xs">{reason}</code>
      </TextLink>
    </>
  );
}

function VersionOf({ request, isStaff }: { request: RequestDetail; isStaff: boolean }): ReactNode {
  const { versionId, versionNumber, adapterId, adapterSlug } = request;
  if (versionId === null) return "–";
  const text = `${adapterSlug ?? ""} v${versionNumber ?? "?"}`.trim();
  if (!isStaff || adapterId === null) return text;
  return <TextLink href={`/adapters/${adapterId}/versions/${versionId}`}>{text}</TextLink>;
}

/** Where it was answered, which customers are not told. */
function staffPlace({ tenantId, tenantName, nodeId, nodeName, staff }: RequestDetail): KeyValueRow[] {
  return [
    { label: "Tenant", value: <TextLink href={`/tenants/${tenantId}`}>{tenantName}</TextLink> },
    {
      label: "Node",
      value:
        nodeId === null ? (
          "–"
        ) : (
          <>
            <TextLink href={`/nodes/${nodeId}`}>{nodeName ?? "a removed node"}</TextLink>
            {staff?.nodeEpoch != null && <span className="text-fg-3"> · epoch {staff.nodeEpoch}</span>}
          </>
        ),
    },
    ...(staff?.endpoint ? [{ label: "Endpoint", value: staff.endpoint.name ?? "a removed endpoint" }] : []),
    ...(staff?.expectedTier
      ? [{ label: "Weights expected", value: <TierMark tier={staff.expectedTier satisfies Tier} /> }]
      : []),
    ...(staff?.loraName ? [{ label: "LoRA name", value: <CopyId id={staff.loraName} label="LoRA name" /> }] : []),
  ];
}

const KeyOf = ({ request: { key } }: { request: RequestDetail }): ReactNode =>
  key === null ? (
    "Unknown"
  ) : (
    <>
      {key.name} <code className="font-mono text-xs text-fg-3">{key.prefix}…</code>
    </>
  );
