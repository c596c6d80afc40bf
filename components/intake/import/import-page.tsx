"use client";

import { parseAsString, parseAsStringLiteral, useQueryState } from "nuqs";
import { type ReactNode, useState } from "react";
import type { ImportDetail, RowFilter } from "#lib/registry/browser/import-schema.ts";
import { useStale } from "../../ui/as-of.tsx";
import { Button, TextLink } from "../../ui/button.tsx";
import { Notice } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { DownloadLink } from "../../ui/download-link.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import type { MenuItem } from "../../ui/menu.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { useDenied } from "../../ui/reader.tsx";
import { Segments } from "../../ui/segments.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Status } from "../../ui/status.tsx";
import { Time } from "../../ui/time.tsx";
import { notify } from "../../ui/toast.tsx";
import { useApi, useApiList, useApiMutation } from "../../ui/use-api.ts";
import { DropAgain } from "./drop-again.tsx";
import { ImportCards, ImportGrid, type RowListProps } from "./import-grid.tsx";
import { JobProgress, ProgressLine } from "./import-progress.tsx";
import { ImportTotals } from "./import-totals.tsx";
import { RowSheet } from "./row-sheet.tsx";
import { useEditRow } from "./use-edit-row.ts";
import { useSendFolders } from "./use-send-folders.ts";

const BUSY_MS = 1000;
const IDLE_MS = 10_000;
const FILTERS: readonly RowFilter[] = ["needs_work", "ready", "imported"];

type ImportPageProps = {
  importId: string;
  /** Stages what was imported; drawn once there is something to stage. `isNext`: it is what comes next. */
  stage?: (versionIds: readonly string[], isNext: boolean) => ReactNode;
};

/** One import: what it would bring, its rows with a cell a check, and the two buttons that matter. */
export function ImportPage({ importId, stage }: ImportPageProps) {
  const [isBusy, setBusy] = useState(true);
  const read = useApi("GET /imports/{importId}", { params: { importId } }, { refreshMs: isBusy ? BUSY_MS : IDLE_MS });
  const detail = read.data;
  if (detail && detail.isBusy !== isBusy) setBusy(detail.isBusy);
  const stale = useStale(read.readAt, isBusy ? 5 * BUSY_MS : IDLE_MS);
  if (!detail) return read.problem ? <ErrorState problem={read.problem} onRetry={read.retry} /> : <Loading />;
  return (
    <>
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      {stale && read.readAt && (
        <Notice tone="warn">
          The server has not responded since <Time at={read.readAt} as="absolute" />. This page may be out of date.
        </Notice>
      )}
      <Body detail={detail} stage={stage} />
    </>
  );
}

const Loading = () => (
  <div className="flex flex-col gap-4" aria-busy="true">
    <Skeleton className="h-8 w-72" />
    <Skeleton className="h-20 w-full" />
    <Skeleton className="h-120 w-full" />
  </div>
);

function Body({ detail, stage }: { detail: ImportDetail; stage: ImportPageProps["stage"] }) {
  const denied = useDenied("tenant.write");
  const closed = detail.state === "discarded" ? "The import was discarded." : undefined;
  const onEdit = useEditRow(detail.id);
  const pool = useApi(
    "GET /pools/{poolId}",
    { params: { poolId: detail.poolId } },
    { enabled: detail.kind === "browser" },
  ).data;
  const folders = useSendFolders(detail.id, pool, onEdit);
  const [filter, setFilter] = useQueryState("show", parseAsStringLiteral(FILTERS));
  const [openId, setOpenId] = useQueryState("row", parseAsString);
  const list = useApiList(
    "GET /imports/{importId}/rows",
    { params: { importId: detail.id }, query: { limit: 200, ...(filter ? { filter } : {}) } },
    { refreshMs: detail.isBusy ? BUSY_MS : IDLE_MS },
  );
  const rows = list.items;
  return (
    <>
      <Head
        detail={detail}
        denied={denied ?? closed}
        isSending={folders.sending !== null}
        stage={detail.versionIds.length > 0 && stage ? stage(detail.versionIds, detail.ready.rows === 0) : null}
        onSend={() => void folders.send()}
      />
      <ImportTotals detail={detail} />
      <JobProgress detail={detail} />
      <SendingLine sending={folders.sending} />
      {detail.kind === "browser" && detail.state === "open" && (
        <DropAgain
          detail={detail}
          rows={rows ?? []}
          folders={folders}
          denied={denied}
          isPoolKnown={pool !== undefined}
        />
      )}
      <Filters detail={detail} filter={filter} onFilter={(next) => void setFilter(next)} />
      <Rows
        list={list}
        filter={filter}
        denied={denied ?? closed}
        onEdit={onEdit}
        onOpen={(row) => void setOpenId(row.id)}
      />
      <RowSheet
        detail={detail}
        rowId={openId}
        denied={denied ?? closed}
        onEdit={onEdit}
        onClose={() => void setOpenId(null)}
      />
    </>
  );
}

const SendingLine = ({ sending }: Pick<ReturnType<typeof useSendFolders>, "sending">) =>
  sending && <ProgressLine label={`Sending: ${sending.done} of ${sending.of}`} value={sending.share} max={1} />;

type RowsProps = {
  list: ReturnType<typeof useApiList<"GET /imports/{importId}/rows">>;
  filter: RowFilter | null;
} & Omit<RowListProps, "rows">;

/** A grid where there is room for it, else cards. */
function Rows({ list, filter, ...props }: RowsProps) {
  const { items, problem } = list;
  if (items === undefined) return problem ? <ErrorState problem={problem} onRetry={list.retry} /> : <RowsLoading />;
  if (items.length === 0) return <NoRows filter={filter} />;
  return (
    <>
      {problem && <ErrorState problem={problem} onRetry={list.retry} size="inline" />}
      <ImportGrid rows={items} {...props} />
      <ImportCards rows={items} onOpen={props.onOpen} />
      {list.hasMore && (
        <div>
          <Button pending={list.isLoadingMore} onClick={list.loadMore}>
            Load more
          </Button>
        </div>
      )}
    </>
  );
}

const RowsLoading = () => (
  <div aria-busy="true">
    <Skeleton className="h-120 w-full" />
  </div>
);

const NoRows = ({ filter }: { filter: RowFilter | null }) => (
  <div className="rounded-card border">
    <EmptyState
      title={
        filter === "needs_work"
          ? "No rows need work"
          : filter === "ready"
            ? "No rows are ready"
            : "No rows imported yet"
      }
    >
      {filter === "needs_work" ? "Every row is ready, imported or skipped." : "Choose another filter above."}
    </EmptyState>
  </div>
);

type HeadProps = {
  detail: ImportDetail;
  denied: string | undefined;
  isSending: boolean;
  stage: ReactNode;
  onSend: () => void;
};

function Head({ detail, denied, isSending, stage, onSend }: HeadProps) {
  const params = { importId: detail.id };
  const [isDiscarding, setDiscarding] = useState(false);
  const run = useApiMutation("POST /imports/{importId}/run", { alsoRefresh: ["jobs"] });
  const check = useApiMutation("POST /imports/{importId}/check", { alsoRefresh: ["jobs"] });
  const busy = detail.isBusy
    ? detail.state === "importing"
      ? "The import runs."
      : "The folders are being checked."
    : undefined;
  const count = detail.ready.rows;
  const importButton = (
    <Button
      variant={count > 0 || stage === null ? "primary" : "secondary"}
      pending={run.isPending || isSending}
      disabledReason={denied ?? busy ?? (count === 0 ? "No rows are ready." : undefined)}
      onClick={() => (detail.kind === "browser" ? onSend() : run.run({ params }))}
    >
      {count === 1 ? "Import 1 row" : `Import ${count} rows`}
    </Button>
  );
  const more: MenuItem[] = [
    ...(detail.kind === "browser"
      ? []
      : [
          {
            kind: "action" as const,
            label: "Check all folders again",
            disabledReason: denied ?? busy,
            onSelect: () => check.run({ params, body: {} }),
          },
        ]),
    {
      kind: "action",
      label: "Discard import",
      tone: "danger",
      disabledReason: denied ?? busy,
      onSelect: () => setDiscarding(true),
    },
  ];
  return (
    <>
      <PageHeader
        title={detail.name}
        parents={[
          { label: "Tenants", href: "/tenants" },
          { label: "Import", href: "/tenants/import" },
        ]}
        id={detail.id}
        health={<Status of="import" is={detail.state} tinted />}
        meta={<Meta detail={detail} />}
        secondary={stage}
        primary={detail.state === "completed" || detail.state === "discarded" ? undefined : importButton}
        more={more}
      />
      {(run.problem ?? check.problem) && <ErrorState problem={run.problem ?? check.problem ?? never()} size="inline" />}
      <DiscardDialog detail={detail} open={isDiscarding} onOpenChange={setDiscarding} />
    </>
  );
}

const never = (): never => {
  throw new Error("there is a problem to show");
};

function Meta({ detail }: { detail: ImportDetail }) {
  return (
    <>
      <span>
        For <TextLink href={`/pools/${detail.poolId}`}>{detail.poolName}</TextLink>
      </span>
      {detail.source && <code className="break-all font-mono text-xs">{detail.source}</code>}
      <span>
        started by {detail.createdBy} <Time at={detail.createdAt} />
      </span>
    </>
  );
}

function DiscardDialog({
  detail,
  open,
  onOpenChange,
}: {
  detail: ImportDetail;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const discard = useApiMutation("POST /imports/{importId}/discard", {
    onDone: () => {
      onOpenChange(false);
      notify({ title: "Import discarded", tone: "ok" });
    },
  });
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        if (!next) discard.reset();
        onOpenChange(next);
      }}
      title={`Discard the import ${detail.name}?`}
      confirmLabel="Discard import"
      tone="danger"
      pending={discard.isPending}
      problem={discard.problem}
      onConfirm={() => discard.run({ params: { importId: detail.id } })}
    >
      <ul className="flex list-disc flex-col gap-1 ps-4 text-fg marker:text-fg-3">
        <li>
          {detail.importedCount === 0
            ? "Nothing was imported, so nothing is removed."
            : `Imported versions stay: ${detail.importedCount} ${detail.importedCount === 1 ? "version" : "versions"}.`}
        </li>
        <li>The other rows can no longer be imported here. The folders are not changed.</li>
      </ul>
    </ConfirmDialog>
  );
}

function Filters({
  detail,
  filter,
  onFilter,
}: {
  detail: ImportDetail;
  filter: RowFilter | null;
  onFilter: (filter: RowFilter | null) => void;
}) {
  const { counts } = detail;
  const work = counts.invalid + counts.failed + counts.unchecked;
  const options = [
    { key: "all", label: `All ${detail.rowCount}` },
    { key: "needs_work", label: `Need work ${work}` },
    { key: "ready", label: `Ready ${detail.ready.rows}` },
    { key: "imported", label: `Imported ${detail.importedCount}` },
  ] as const;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <Segments
        label="Filter rows"
        options={options}
        value={filter ?? "all"}
        onChange={(key) => onFilter(key === "all" ? null : key)}
      />
      {work > 0 && (
        <DownloadLink href={`/api/v1/imports/${detail.id}/reasons.csv`} name={`${detail.name}-reasons.csv`}>
          Download reasons
        </DownloadLink>
      )}
    </div>
  );
}
