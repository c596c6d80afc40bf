"use client";

import { type FormEvent, useState } from "react";
import type { Problem } from "#lib/http/schema.ts";
import type { ImportDetail, ImportRow } from "#lib/registry/browser/import-schema.ts";
import { Button } from "../../ui/button.tsx";
import { Sheet } from "../../ui/dialog.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { fieldError } from "../../ui/field-error.ts";
import { BASE_NAME_UNKNOWN, BaseNameNotice } from "../../ui/findings/base-name-notice.tsx";
import { FindingList } from "../../ui/findings/finding-list.tsx";
import { FormProblem } from "../../ui/form-problem.tsx";
import { formatBytes, quantityText, shortenId } from "../../ui/format.ts";
import { KeyValue } from "../../ui/key-value.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Status } from "../../ui/status.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useApi, useApiMutation } from "../../ui/use-api.ts";
import { folderName } from "./row-words.ts";
import type { EditRow, RowEdit } from "./use-edit-row.ts";

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

type NameText = Record<"tenantSlug" | "tenantName" | "adapterSlug" | "adapterName" | "location", string>;

/** What is being written of a row, and how its saving went. */
function useNames({ row, denied, onEdit, onSaved }: Omit<NamesProps, "detail">) {
  const { tenantSlug, tenantName, adapterSlug, adapterName } = row;
  const [text, setText] = useState<NameText>({
    tenantSlug,
    tenantName,
    adapterSlug,
    adapterName,
    location: row.location,
  });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isPending, setPending] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (denied || isPending) return;
    setPending(true);
    const { location, ...names } = text;
    const change: RowEdit = location === row.location ? names : { ...names, location };
    const refused = await onEdit(row, change);
    setPending(false);
    setProblem(refused);
    if (refused === null) onSaved();
  };
  const field = (key: keyof NameText) => ({
    value: text[key],
    error: fieldError(problem, key),
    onChange: (value: string) => setText((now) => ({ ...now, [key]: value })),
  });
  return { field, submit, isPending, problem };
}

/** Names are written whole: saving them as they are confirms them. */
function NamesForm({ detail, ...props }: NamesProps) {
  const { row, denied } = props;
  const { field, submit, isPending, problem } = useNames(props);
  const isKnown = { tenant: row.tenantId !== null, adapter: row.adapterId !== null };
  const slug = { spellCheck: false, className: "font-mono" };
  return (
    <form aria-label="Names" onSubmit={(event) => void submit(event)} className="flex flex-col gap-4" noValidate>
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <TextField
          label="Tenant slug"
          hint={isKnown.tenant ? "This tenant already exists." : "New tenant. Its slug cannot change later."}
          {...slug}
          {...field("tenantSlug")}
        />
        <TextField
          label="Tenant name"
          hint={isKnown.tenant ? "The tenant keeps its current name." : undefined}
          {...field("tenantName")}
        />
        <TextField
          label="Adapter slug"
          hint={
            isKnown.adapter
              ? "This adapter already exists and gets a new version."
              : "Callers send it as the model's name."
          }
          {...slug}
          {...field("adapterSlug")}
        />
        <TextField
          label="Adapter name"
          hint={isKnown.adapter ? "The adapter keeps its current name." : undefined}
          {...field("adapterName")}
        />
      </div>
      {detail.kind === "csv" && <TextField label="Folder" {...slug} {...field("location")} />}
      <FormProblem problem={problem} fields={["tenantSlug", "tenantName", "adapterSlug", "adapterName", "location"]} />
      <div>
        <Button type="submit" pending={isPending} disabledReason={denied}>
          Save names
        </Button>
      </div>
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
