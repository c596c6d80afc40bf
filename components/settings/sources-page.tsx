"use client";

import Ellipsis from "lucide-react/icons/ellipsis";
import { lazy, useState } from "react";
import type { ImportSource } from "#lib/registry/browser/source-schema.ts";
import { Button } from "../ui/button.tsx";
import { buttonClass } from "../ui/button-class.ts";
import { Notice } from "../ui/card.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Menu } from "../ui/menu.tsx";
import { OnceOpened } from "../ui/once-opened.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Time } from "../ui/time.tsx";
import { useApiList, useApiMutation } from "../ui/use-api.ts";
import { SettingsTabs } from "./settings-tabs.tsx";

const SourceDialog = lazy(() => import("./source-dialog.tsx").then((module) => ({ default: module.SourceDialog })));

type Open = { kind: "add" } | { kind: "edit" | "remove"; source: ImportSource } | null;

/** The buckets that adapters are taken from. */
export function SourcesPage() {
  const [open, setOpen] = useState<Open>(null);
  const [tested, setTested] = useState<ImportSource | null>(null);
  const denied = useDenied("settings.write");
  const list = useApiList("GET /import-sources", { query: { limit: 100 } });
  const test = useApiMutation("POST /import-sources/{sourceId}/test");
  const close = () => setOpen(null);
  const columns = sourceColumns({
    denied,
    testing: test.isPending ? (tested?.id ?? null) : null,
    onTest: (source) => {
      setTested(source);
      test.run({ params: { sourceId: source.id } });
    },
    onEdit: (source) => setOpen({ kind: "edit", source }),
    onRemove: (source) => setOpen({ kind: "remove", source }),
  });
  return (
    <>
      <PageHeader
        title="Import sources"
        parents={[{ label: "Settings", href: "/settings" }]}
        tabs={<SettingsTabs />}
        meta="S3 buckets to import adapters from, one at a time or in bulk."
        primary={
          <Button variant="primary" disabledReason={denied} onClick={() => setOpen({ kind: "add" })}>
            Add source
          </Button>
        }
      />
      {tested && !test.isPending && <TestResult source={tested} test={test} />}
      <DataTable
        label="Import sources"
        columns={columns}
        {...list.table}
        rowKey={(source) => source.id}
        empty={
          <EmptyState title="No import source yet">
            If a training pipeline writes adapters to a bucket, Switchyard can import them with a key that may only list
            and read.
          </EmptyState>
        }
      />
      <OnceOpened open={open?.kind === "add" || open?.kind === "edit"}>
        {open && open.kind !== "remove" && (
          <SourceDialog source={open.kind === "edit" ? open.source : null} onClose={close} />
        )}
      </OnceOpened>
      <RemoveDialog source={open?.kind === "remove" ? open.source : null} onClose={close} />
    </>
  );
}

type Test = ReturnType<typeof useApiMutation<"POST /import-sources/{sourceId}/test">>;

function TestResult({ source, test: { data, problem } }: { source: ImportSource; test: Test }) {
  const message = problem?.detail ?? data?.message;
  const fix = problem ? problem.fix : data?.fix;
  if (message === undefined) return null;
  return (
    <Notice tone={data?.ok ? (data.folders.length > 0 ? "ok" : "warn") : "bad"}>
      <p role="status">
        <span className="font-medium">{source.name}:</span> {message}
      </p>
      {fix && <p>{fix}</p>}
      {data && data.folders.length > 0 && <p className="break-words">First folders: {data.folders.join(", ")}</p>}
    </Notice>
  );
}

function RemoveDialog({ source, onClose }: { source: ImportSource | null; onClose: () => void }) {
  const remove = useApiMutation("DELETE /import-sources/{sourceId}", { onDone: onClose });
  return (
    <ConfirmDialog
      open={source !== null}
      onOpenChange={onClose}
      title={`Remove ${source?.name ?? ""}?`}
      confirmLabel="Remove source"
      tone="danger"
      pending={remove.isPending}
      problem={remove.problem}
      onConfirm={() => source && remove.run({ params: { sourceId: source.id } })}
    >
      Its secret is deleted. Imported versions are kept; the bucket is not affected.
    </ConfirmDialog>
  );
}

type RowActions = {
  denied: string | undefined;
  testing: string | null;
  onTest: (source: ImportSource) => void;
  onEdit: (source: ImportSource) => void;
  onRemove: (source: ImportSource) => void;
};

const sourceColumns = (actions: RowActions): readonly Column<ImportSource>[] => [
  {
    id: "name",
    header: "Source",
    width: "w-full",
    cell: (source) => (
      <div className="py-1">
        <p>{source.name}</p>
        <code className="break-all font-mono text-xs text-fg-2">
          s3://{source.bucket}/{source.prefix}
        </code>
      </div>
    ),
  },
  { id: "endpoint", header: "Endpoint", hideBelow: "lg", cell: (source) => source.endpoint },
  {
    id: "key",
    header: "Access key",
    hideBelow: "lg",
    cell: (source) => <code className="font-mono text-xs">{source.accessKeyId}</code>,
  },
  {
    id: "used",
    header: "Last used",
    hideBelow: "sm",
    cell: (source) => (source.lastUsedAt ? <Time at={source.lastUsedAt} /> : "Never"),
  },
  { id: "actions", header: "", align: "end", cell: (source) => <RowButtons source={source} actions={actions} /> },
];

function RowButtons({ source, actions }: { source: ImportSource; actions: RowActions }) {
  const { denied, testing, onTest, onEdit, onRemove } = actions;
  return (
    <div className="flex justify-end gap-2">
      <Button
        size="sm"
        aria-label={`Test ${source.name}`}
        pending={testing === source.id}
        disabledReason={denied}
        onClick={() => onTest(source)}
      >
        Test
      </Button>
      <Menu
        label={`More for ${source.name}`}
        align="end"
        items={[
          { kind: "action", label: "Edit source", disabledReason: denied, onSelect: () => onEdit(source) },
          {
            kind: "action",
            label: "Remove source",
            tone: "danger",
            disabledReason: denied,
            onSelect: () => onRemove(source),
          },
        ]}
        trigger={(props) => (
          <button
            type="button"
            {...props}
            aria-label={`More for ${source.name}`}
            className={buttonClass("secondary", "sm", true)}
          >
            <Ellipsis />
          </button>
        )}
      />
    </div>
  );
}
