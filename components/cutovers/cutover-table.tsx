"use client";

import type { ReactNode } from "react";
import type { Cutover } from "#lib/cutover/schema.ts";
import { LinkButton } from "../ui/button.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { THIN_SPACE } from "../ui/format.ts";
import { FreezeWindowLine } from "../ui/freeze-window-line.tsx";
import { gateBasis } from "../ui/gate-basis.ts";
import { cutoversCall, settingsCall } from "../ui/page-calls.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { Status } from "../ui/status.tsx";
import { statusWord } from "../ui/status-words.ts";
import { Time } from "../ui/time.tsx";
import { useApi, useApiList } from "../ui/use-api.ts";
import { BatchQueue } from "./batches/batch-queue.tsx";

/** "v2 → v3", "origin → v1"; with nothing on its left it is "v1 goes live". */
export function moveOf({ fromNumber, fromOrigin, toNumber }: Cutover): string {
  if (fromNumber !== null) return `v${fromNumber} → v${toNumber}`;
  return fromOrigin ? `origin → v${toNumber}` : `v${toNumber} goes live`;
}

/** Its phase with the weight of a canary; what holds it stands before that. */
export function CutoverStatus({ cutover, tinted = false }: { cutover: Cutover; tinted?: boolean }) {
  const { phase, weight, paused, awaitingApproval } = cutover;
  if (paused || awaitingApproval) {
    const at = statusWord({ of: "cutover", is: phase }).word;
    const reason = phase === "canary" ? `${at} ${weight}${THIN_SPACE}%` : at;
    return <Status of="cutover" is={paused ? "paused" : "waiting_for_approval"} reason={reason} tinted={tinted} />;
  }
  return <Status of="cutover" is={phase} {...(phase === "canary" ? { percent: weight } : {})} tinted={tinted} />;
}

const COLUMNS: readonly Column<Cutover>[] = [
  {
    id: "what",
    header: "Cutover",
    cell: (row) => `${row.tenantName} / ${row.adapterSlug}`,
    truncate: true,
    width: "w-full",
  },
  { id: "move", header: "Move", cell: moveOf, width: "w-36", hideBelow: "sm" },
  { id: "phase", header: "Phase", cell: (row) => <CutoverStatus cutover={row} />, width: "w-40" },
  {
    id: "gate",
    width: "w-36",
    header: "Gate",
    hideBelow: "md",
    cell: (row) => <Status of="verdict" is={gateBasis(row)} />,
  },
  { id: "by", header: "Started by", hideBelow: "lg", cell: (row) => row.requestedBy },
  { id: "at", header: "Started", hideBelow: "sm", cell: (row) => <Time at={row.createdAt} /> },
];

/** Every move of a live version, newest first. */
export function CutoverTable({
  secondary,
  approvals,
}: {
  secondary?: ReactNode;
  /** What waits for somebody's yes. */
  approvals?: ReactNode;
}) {
  const list = useApiList(...cutoversCall, { refreshMs: 3000 });
  const settings = useApi(...settingsCall, { refreshMs: 30_000 }).data;
  return (
    <>
      <PageHeader
        title="Cutovers"
        secondary={secondary}
        primary={<LinkButton href="/cutovers/batches/new">New batch</LinkButton>}
      />
      <BatchQueue />
      {approvals}
      {settings && <FreezeWindowLine windows={settings.freezeWindows} />}
      <DataTable
        label="Cutovers"
        columns={COLUMNS}
        {...list.table}
        rowKey={(row) => row.id}
        rowHref={(row) => `/cutovers/${row.id}`}
        expectedRows={16}
        empty={
          <EmptyState title="No cutover yet" action={<LinkButton href="/adapters">Open adapters</LinkButton>}>
            A cutover starts on the Gate tab of a version that passed.
          </EmptyState>
        }
      />
    </>
  );
}
