"use client";

import type { VersionFile } from "#lib/registry/schema.ts";
import { CopyId } from "../ui/copy.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { formatBytes, formatBytesExact, quantityText } from "../ui/format.ts";
import { useVersion } from "./version-frame.tsx";

const COLUMNS: readonly Column<VersionFile>[] = [
  { id: "path", header: "File", cell: (row) => <code className="font-mono text-xs">{row.path}</code> },
  {
    id: "size",
    header: "Size",
    align: "end",
    cell: (row) => <span title={formatBytesExact(row.sizeBytes)}>{quantityText(formatBytes(row.sizeBytes))}</span>,
  },
  {
    id: "sha",
    header: "SHA-256",
    cell: (row) => (row.sha256 ? <CopyId id={row.sha256} label="SHA-256" /> : "Not received"),
    hideBelow: "sm",
  },
];

/** The bytes of one version: they never change. */
export function VersionFiles({ versionId }: { versionId: string }) {
  const version = useVersion(versionId).data;
  return (
    <DataTable
      label="Files"
      columns={COLUMNS}
      rows={version?.files}
      rowKey={(row) => row.path}
      empty={<EmptyState title="No files">A draft lists the files that will follow.</EmptyState>}
    />
  );
}
