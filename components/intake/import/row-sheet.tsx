"use client";

import { useState } from "react";
import { ApiError } from "#lib/api/client.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { ImportDetail, ImportRow } from "#lib/registry/browser/import-schema.ts";
import { Button } from "../../ui/button.tsx";
import { Sheet } from "../../ui/dialog.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { BASE_NAME_UNKNOWN, BaseNameNotice } from "../../ui/findings/base-name-notice.tsx";
import { FindingList } from "../../ui/findings/finding-list.tsx";
import { FormText } from "../../ui/form/form-fields.tsx";
import { SubmitRow } from "../../ui/form/submit-row.tsx";
import { useApiForm } from "../../ui/form/use-api-form.ts";
import { formatBytes, quantityText, shortenId } from "../../ui/format.ts";
import { KeyValue } from "../../ui/key-value.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Status } from "../../ui/status.tsx";
import { useApi, useApiMutation } from "../../ui/use-api.ts";
import { folderName } from "./row-words.ts";
import type { EditRow } from "./use-edit-row.ts";

type RowSheetProps = {
  detail: ImportDetail;
  rowId: string | null;
  denied: string | undefined;
  onEdit: EditRow;
  onClose: () => void;
};

/** One row whole: its names to write, everything the checks said, and what can be done with it. */
export function RowSheet({ detail, rowId, ...props }: RowSheetProps) {
  const read = useApi(
    "GET /imports/{importId}/rows/{rowId}",
    { params: { importId: detail.id, rowId: rowId ?? "" } },
    { enabled: rowId !== null, refreshMs: detail.isBusy ? 1500 : 15_000 },
  );
  const row = read.data?.id === rowId ? read.data : undefined;
  return (
    <Sheet
      open={rowId !== null}
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
      size="lg"
      title={row ? `Row ${row.position}: ${folderName(row.location)}` : "Row"}
      description={row && <span className="break-all font-mono text-xs">{row.location}</span>}
    >
      {row ? (
        <RowBody key={row.id} detail={detail} row={row} {...props} />
      ) : read.problem ? (
        <ErrorState problem={read.problem} onRetry={read.retry} />
      ) : (
        <Skeleton className="h-60 w-full" />
      )}
    </Sheet>
  );
}

function RowBody({ detail, row, denied, onEdit, onClose }: Omit<RowSheetProps, "rowId"> & { row: ImportRow }) {
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Status of="import_row" is={row.state} tinted />
        {row.message && <p className="text-sm text-fg-2">{row.message}</p>}
      </div>
      {row.state !== "imported" && (
        <NamesForm detail={detail} row={row} denied={denied} onEdit={onEdit} onSaved={onClose} />
      )}
      {row.findings.some(({ code }) => code === BASE_NAME_UNKNOWN) && <BaseName poolId={detail.poolId} row={row} />}
      {row.findings.length > 0 && <FindingList findings={row.findings} fileName={`${row.tenantSlug}-report`} />}
      <Facts row={row} />
      <RowActions detail={detail} row={row} denied={denied} onEdit={onEdit} />
    </div>
  );
}

/** The row's base name, for an admin to acknowledge. */
function BaseName({ poolId, row }: { poolId: string; row: ImportRow }) {
  const pool = useApi("GET /pools/{poolId}", { params: { poolId } }).data;
  const name = row.artifact?.baseModel;
  return pool && typeof name === "string" ? <BaseNameNotice pool={pool} name={name} /> : null;
}

type NamesProps = {
  detail: ImportDetail;
  row: ImportRow;
  denied: string | undefined;
  onEdit: EditRow;
  onSaved: () => void;
};

/** Names are written whole: saving them as they are confirms them. */
function NamesForm({ detail, row, denied, onEdit, onSaved }: NamesProps) {
  const { tenantSlug, tenantName, adapterSlug, adapterName, location } = row;
  const form = useApiForm({
    start: { tenantSlug, tenantName, adapterSlug, adapterName, location },
    denied,
    callOf: ({ location, ...names }) => {
      const body = location === row.location ? names : { ...names, location };
      return {
        schema: async () => (await import("#lib/registry/browser/import-schema.ts")).EditRow,
        body,
        send: async () => {
          const refused = await onEdit(row, body);
          if (refused) throw new ApiError(refused);
          onSaved();
        },
      };
    },
  });
  const isKnown = { tenant: row.tenantId !== null, adapter: row.adapterId !== null };
  const slug = { form, spellCheck: false, className: "font-mono" };
  return (
    <form aria-label="Names" onSubmit={form.submit} className="flex flex-col gap-4" noValidate>
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <FormText
          {...slug}
          name="tenantSlug"
          label="Tenant slug"
          hint={isKnown.tenant ? "This tenant already exists." : "New tenant. Its slug cannot change later."}
        />
        <FormText
          form={form}
          name="tenantName"
          label="Tenant name"
          hint={isKnown.tenant ? "The tenant keeps its current name." : undefined}
        />
        <FormText
          {...slug}
          name="adapterSlug"
          label="Adapter slug"
          hint={
            isKnown.adapter
              ? "This adapter already exists and gets a new version."
              : "Callers send it as the model's name."
          }
        />
        <FormText
          form={form}
          name="adapterName"
          label="Adapter name"
          hint={isKnown.adapter ? "The adapter keeps its current name." : undefined}
        />
      </div>
      {detail.kind === "csv" && <FormText {...slug} name="location" label="Folder" />}
      <SubmitRow form={form} label="Save names" />
    </form>
  );
}

function Facts({ row: { artifact } }: { row: ImportRow }) {
  if (artifact === null) return null;
  return (
    <KeyValue
      rows={[
        { label: "Size", value: quantityText(formatBytes(artifact.sizeBytes)) },
        { label: "Rank", value: artifact.rank },
        { label: "Alpha", value: artifact.alpha },
        { label: "Format", value: artifact.dtype },
        { label: "Base model", value: artifact.baseModel },
        {
          label: "Digest",
          value: artifact.digest && (
            <code title={artifact.digest} className="font-mono text-xs">
              {shortenId(artifact.digest)}
            </code>
          ),
        },
      ]}
    />
  );
}

function RowActions({ detail, row, denied, onEdit }: Omit<NamesProps, "onSaved">) {
  const check = useApiMutation("POST /imports/{importId}/check", { alsoRefresh: ["jobs"] });
  const [problem, setProblem] = useState<Problem | null>(null);
  if (row.state === "imported") return null;
  const isSkipped = row.state === "skipped";
  const blocked = denied ?? (row.state === "importing" ? "The row is being imported." : null);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        {detail.kind !== "browser" && !isSkipped && (
          <Button
            pending={check.isPending || row.state === "checking"}
            disabledReason={blocked ?? (detail.isBusy ? "A job is processing this import." : null)}
            onClick={() => check.run({ params: { importId: detail.id }, body: { rowIds: [row.id] } })}
          >
            Check row again
          </Button>
        )}
        <Button disabledReason={blocked} onClick={() => void onEdit(row, { skip: !isSkipped }).then(setProblem)}>
          {isSkipped ? "Include row again" : "Skip row"}
        </Button>
      </div>
      {(problem ?? check.problem) && <ErrorState problem={(problem ?? check.problem) as Problem} size="inline" />}
    </div>
  );
}
