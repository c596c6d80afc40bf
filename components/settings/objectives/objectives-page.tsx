"use client";

import { parseAsStringLiteral, useQueryState } from "nuqs";
import { lazy, useState } from "react";
import { Button, TextLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { Segments } from "#components/ui/segments.tsx";
import { useApiList, useApiMutation } from "#components/ui/use-api.ts";
import type { Objective, ObjectivePage } from "#lib/alerting/browser/objective-schema.ts";
import { SettingsTabs } from "../settings-tabs.tsx";
import { objectiveColumns } from "./objective-columns.tsx";

const ObjectiveDialog = lazy(() =>
  import("./objective-dialog.tsx").then((module) => ({ default: module.ObjectiveDialog })),
);

type Open = { kind: "add" } | { kind: "edit" | "remove"; objective: Objective } | null;
const REFRESH_MS = 15_000;
const VIEWS = ["all", "proposed", "accepted", "dismissed"] as const;
const VIEW_OPTIONS = [
  { key: "all", label: "All" },
  { key: "proposed", label: "Proposed" },
  { key: "accepted", label: "Accepted" },
  { key: "dismissed", label: "Dismissed" },
] as const;

/** What tenants and pools are to reach, how much of it was kept, and what waits for a decision. */
export function ObjectivesPage() {
  const [open, setOpen] = useState<Open>(null);
  const [view, setView] = useQueryState("status", parseAsStringLiteral(VIEWS).withDefault("all"));
  const [deciding, setDeciding] = useState<string | null>(null);
  const denied = useDenied("settings.write");
  const query = { limit: 100, ...(view === "all" ? {} : { status: view }) };
  const list = useApiList("GET /objectives", { query }, { refreshMs: REFRESH_MS });
  const decide = useApiMutation("PATCH /objectives/{objectiveId}");
  const close = () => setOpen(null);
  const columns = objectiveColumns({
    denied,
    deciding: decide.isPending ? deciding : null,
    onDecide: ({ id, generation }, status) => {
      setDeciding(id);
      decide.run({ params: { objectiveId: id }, generation, body: { status } });
    },
    onEdit: (objective) => setOpen({ kind: "edit", objective }),
    onRemove: (objective) => setOpen({ kind: "remove", objective }),
  });
  return (
    <>
      <PageHeader
        title="Objectives"
        parents={[{ label: "Settings", href: "/settings" }]}
        tabs={<SettingsTabs />}
        meta="Target shares of good requests. Failures that the tenant caused, such as requests over its own limits, do not count."
        primary={
          <Button variant="primary" disabledReason={denied} onClick={() => setOpen({ kind: "add" })}>
            Add objective
          </Button>
        }
      />
      <Segments label="Status" options={VIEW_OPTIONS} value={view} onChange={(next) => void setView(next)} />
      {decide.problem && <ErrorState problem={decide.problem} size="inline" />}
      <DataTable
        label="Objectives"
        columns={columns}
        {...list.table}
        expectedRows={6}
        rowKey={(objective) => objective.id}
        empty={<NoObjective isFiltered={view !== "all"} />}
      />
      {list.firstPage && list.firstPage.unproposed.length > 0 && <Unproposed tenants={list.firstPage.unproposed} />}
      <OnceOpened open={open?.kind === "add" || open?.kind === "edit"}>
        {open && open.kind !== "remove" && (
          <ObjectiveDialog objective={open.kind === "edit" ? open.objective : null} onClose={close} />
        )}
      </OnceOpened>
      <RemoveDialog objective={open?.kind === "remove" ? open.objective : null} onClose={close} />
    </>
  );
}

const NoObjective = ({ isFiltered }: { isFiltered: boolean }) =>
  isFiltered ? (
    <EmptyState title="No objectives match">Choose All to see every objective.</EmptyState>
  ) : (
    <EmptyState title="No objective yet">
      Objectives are proposed from a tenant's first seven days of traffic. Add one, such as "95 of 100 replies within
      1.2 s", to start tracking now.
    </EmptyState>
  );

/** For whom nothing was proposed, and why. */
const Unproposed = ({ tenants }: { tenants: ObjectivePage["unproposed"] }) => (
  <Card title="Nothing proposed yet" aside={`${tenants.length} ${tenants.length === 1 ? "tenant" : "tenants"}`}>
    <ul className="flex max-h-80 flex-col gap-1 overflow-y-auto text-sm">
      {tenants.map(({ tenantId, tenantName, reason }) => (
        <li key={tenantId} className="flex flex-wrap gap-x-3">
          <TextLink href={`/tenants/${tenantId}`}>{tenantName}</TextLink>
          <span className="text-fg-2">{reason}</span>
        </li>
      ))}
    </ul>
  </Card>
);

function RemoveDialog({ objective, onClose }: { objective: Objective | null; onClose: () => void }) {
  const remove = useApiMutation("DELETE /objectives/{objectiveId}", { onDone: onClose });
  return (
    <ConfirmDialog
      open={objective !== null}
      onOpenChange={() => {
        remove.reset();
        onClose();
      }}
      title={`Remove ${objective?.title ?? ""} of ${objective?.scope.name ?? ""}?`}
      confirmLabel="Remove objective"
      tone="danger"
      pending={remove.isPending}
      problem={remove.problem}
      onConfirm={() => objective && remove.run({ params: { objectiveId: objective.id } })}
    >
      It is no longer tracked, and its alerts are closed. A tenant's objective may be proposed again from its first
      seven days.
    </ConfirmDialog>
  );
}
