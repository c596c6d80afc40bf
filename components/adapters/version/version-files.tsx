"use client";

import type { ReactNode } from "react";
import type { Version, VersionFile } from "#lib/registry/schema.ts";
import { CopyId } from "../../ui/copy.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { formatBytes, formatBytesExact, formatShare, quantityText } from "../../ui/format.ts";
import { Status, StatusShape } from "../../ui/status.tsx";
import { useVersion } from "./version-frame.tsx";

const PATH: Column<VersionFile> = {
  id: "path",
  header: "File",
  cell: (row) => <code className="font-mono text-xs">{row.path}</code>,
};
const SIZE: Column<VersionFile> = {
  id: "size",
  header: "Size",
  align: "end",
  cell: (row) => <span title={formatBytesExact(row.sizeBytes)}>{quantityText(formatBytes(row.sizeBytes))}</span>,
};
const SHA: Column<VersionFile> = {
  id: "sha",
  header: "SHA-256",
  width: "w-full",
  cell: (row) => (row.sha256 ? <CopyId id={row.sha256} label="SHA-256" /> : "Not known yet"),
};
const ARRIVED: Column<VersionFile> = {
  id: "arrived",
  header: "Arrived",
  width: "w-full",
  cell: (row) => <Arrived file={row} />,
};

/** The bytes of one version: they never change. */
export function VersionFiles({ versionId }: { versionId: string }) {
  const version = useVersion(versionId).data;
  if (!version) return null;
  return (
    <div className="flex flex-col gap-3">
      <FileTable version={version} />
      <Where version={version} />
    </div>
  );
}

/** Files with their digests; of a draft, how much of each has arrived. */
export function FileTable({ version }: { version: Version }) {
  const isDraft = version.state === "draft";
  return (
    <DataTable
      label="Files"
      columns={isDraft ? [PATH, SIZE, ARRIVED] : [PATH, SIZE, SHA]}
      rows={version.files}
      rowKey={(row) => row.path}
      expectedRows={3}
      empty={<EmptyState title="No files">A draft lists the files that are still to be uploaded.</EmptyState>}
    />
  );
}

function Arrived({ file: { receivedBytes, sizeBytes } }: { file: VersionFile }) {
  const isWhole = receivedBytes === sizeBytes;
  return (
    <span className="inline-flex items-center gap-1.5">
      <StatusShape state={isWhole ? "ok" : "off"} />
      {isWhole ? "Complete" : quantityText(formatShare(receivedBytes / Math.max(1, sizeBytes)))}
    </span>
  );
}

/** Where the bytes are, and why there is no download: they are a customer's model, and nodes are their only readers. */
function Where({ version }: { version: Version }) {
  const { digest, tenantSlug, adapterSlug, state } = version;
  if (state === "rejected")
    return <Line>The files were deleted because the checks failed; their digests are kept.</Line>;
  if (state === "deleted") return <Line>The files were deleted; their digests are kept.</Line>;
  if (digest === null || state === "draft" || state === "checking") return null;
  return (
    <>
      <Line>
        In the adapter store at{" "}
        <code className="font-mono text-xs">{`${tenantSlug}--${adapterSlug}/${digest.slice(0, 12)}`}</code>, read-only.
        Only the nodes it is placed on read them; there is no download here. Every byte is compared with these digests
        before each load.
      </Line>
      {state === "quarantined" && (
        <p className="flex items-center gap-2 text-sm">
          <Status of="version" is="quarantined" /> The stored bytes do not match these digests.
        </p>
      )}
    </>
  );
}

function Line({ children }: { children: ReactNode }) {
  return <p className="max-w-[80ch] text-sm text-fg-2">{children}</p>;
}
