"use client";

import { useQueryStates } from "nuqs";
import type { RequestRow } from "#lib/requests/browser/request-schema.ts";
import { AsOf } from "../ui/as-of.tsx";
import { Button } from "../ui/button.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { DownloadLink } from "../ui/download-link.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FindRequest } from "../ui/find-request.tsx";
import { formatCount, formatLatency, quantityText, shortenId } from "../ui/format.ts";
import { Select } from "../ui/input.tsx";
import { REQUEST_OUTCOMES, REQUEST_VIEW, requestsCall } from "../ui/page-calls.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { useReader } from "../ui/reader.tsx";
import { Status } from "../ui/status.tsx";
import { STATUS } from "../ui/status-words.ts";
import { Time } from "../ui/time.tsx";
import { useApiList, useEvery } from "../ui/use-api.ts";
import { type Audience, viaWords } from "../ui/via-words.ts";

const OUTCOME_OPTIONS = REQUEST_OUTCOMES.map((outcome) => ({ value: outcome, label: STATUS.request[outcome][1] }));

const ID: Column<RequestRow> = {
  id: "id",
  header: "Request",
  cell: (row) => <code className="font-mono text-xs">{shortenId(row.id)}</code>,
};
const ARRIVED: Column<RequestRow> = {
  id: "arrived",
  header: "Arrived",
  foldBelow: "sm",
  cell: (row) => <Time at={row.arrivedAt} />,
};
const OUTCOME: Column<RequestRow> = {
  id: "outcome",
  header: "Outcome",
  cell: (row) => <Status of="request" is={row.outcome} reason={row.status === 200 ? null : String(row.status)} />,
};
const LATENCY: Column<RequestRow> = {
  id: "latency",
  header: "Latency",
  align: "end",
  cell: (row) => <Ms value={row.latencyMs} />,
};
const TOKENS: Column<RequestRow> = {
  id: "tokens",
  header: "Tokens in / out",
  align: "end",
  hideBelow: "md",
  cell: (row) => <TokensOf row={row} />,
};
const TTFT: Column<RequestRow> = {
  id: "ttft",
  header: "First byte",
  align: "end",
  hideBelow: "lg",
  cell: (row) => (row.stream ? <Ms value={row.ttftMs} /> : <span className="text-fg-3">–</span>),
};
const answeredBy = (audience: Audience): Column<RequestRow> => ({
  id: "via",
  header: "Answered by",
  hideBelow: "sm",
  cell: (row) => <AnsweredBy row={row} audience={audience} />,
});

const COLUMNS: Record<Audience, readonly Column<RequestRow>[]> = {
  staff: [
    ID,
    ARRIVED,
    { id: "tenant", header: "Tenant", foldBelow: "sm", cell: (row) => row.tenantSlug },
    OUTCOME,
    answeredBy("staff"),
    {
      id: "node",
      header: "Node",
      hideBelow: "md",
      cell: (row) => row.nodeName ?? <span className="text-fg-3">–</span>,
    },
    LATENCY,
    TTFT,
    TOKENS,
  ],
  customer: [ID, ARRIVED, OUTCOME, answeredBy("customer"), LATENCY, TTFT, TOKENS],
};

const META: Record<Audience, string> = {
  staff: "Customers' requests, newest first. Prompts and answers are stored only if the customer allows recording.",
  customer: "Your requests, newest first. Prompts and answers are stored only while you allow recording.",
};

/** The list stays as it was read; after three of these it says so. */
const READ_AGAIN_MS = 60_000;

/** What the requests of the last 24 hours came to, by version: all of them, or one tenant's. */
const UsageDownload = ({ tenantId }: { tenantId: string | null }) => (
  <DownloadLink
    href={`/api/v1/usage.csv${tenantId === null ? "" : `?${new URLSearchParams({ tenantId })}`}`}
    name="usage.csv"
  >
    Download usage (CSV)
  </DownloadLink>
);

/** The latest requests, to find one by its id, its outcome or the hour it came. */
export function RequestList({ audience }: { audience: Audience }) {
  const [view, setView] = useQueryStates(REQUEST_VIEW);
  const root = audience === "staff" ? "/requests" : "/portal/requests";
  const list = useApiList(...requestsCall(view));
  return (
    <>
      <PageHeader
        title="Requests"
        {...(audience === "staff" ? { parents: [{ label: "Traffic", href: "/traffic" }] } : {})}
        meta={META[audience]}
        secondary={<FindRequest root={root} />}
      />
      <div className="flex flex-wrap items-center gap-2">
        <Select
          aria-label="Outcome"
          value={view.outcome ?? ""}
          placeholder="Any outcome"
          options={OUTCOME_OPTIONS}
          onChange={(event) =>
            void setView({ outcome: REQUEST_OUTCOMES.find((outcome) => outcome === event.target.value) ?? null })
          }
          className="w-44"
        />
        {audience === "staff" && (
          <TenantFilter value={view.tenant ?? ""} onChange={(tenant) => void setView({ tenant: tenant || null })} />
        )}
        <div className="ms-auto flex flex-wrap items-center justify-end gap-2">
          <UsageDownload tenantId={view.tenant} />
          <Button size="sm" onClick={list.retry}>
            Refresh
          </Button>
          <AsOf at={list.readAt} intervalMs={READ_AGAIN_MS} />
        </div>
      </div>
      <DataTable
        label="Requests"
        columns={COLUMNS[audience]}
        {...list.table}
        rowKey={(row) => row.id}
        rowHref={(row) => `${root}/${row.id}`}
        empty={
          view.outcome ? (
            <EmptyState title="No requests match">Choose another outcome above.</EmptyState>
          ) : (
            <EmptyState title="No requests in the last 24 hours">
              Requests appear about a second after they finish.
            </EmptyState>
          )
        }
      />
    </>
  );
}

function TenantFilter({ value, onChange }: { value: string; onChange: (tenantId: string) => void }) {
  const tenants = useEvery("GET /tenants", { query: {} }) ?? [];
  const options = tenants.map(({ id, name }) => ({ value: id, label: name }));
  const isListed = value === "" || tenants.some(({ id }) => id === value);
  return (
    <Select
      aria-label="Tenant"
      value={value}
      placeholder="All tenants"
      options={isListed ? options : [...options, { value, label: value }]}
      onChange={(event) => onChange(event.target.value)}
      className="w-48"
    />
  );
}

function AnsweredBy({ row, audience }: { row: RequestRow; audience: Audience }) {
  if (row.via === null) return <span className="text-fg-3">Nothing</span>;
  if (row.via !== "primary") return viaWords(row.via, audience);
  const version = row.versionNumber === null ? "" : ` v${row.versionNumber}`;
  return `${row.adapterSlug ?? viaWords(row.via, audience)}${version}`;
}

function Ms({ value }: { value: number | null }) {
  const { locale } = useReader();
  return value === null ? <span className="text-fg-3">Unknown</span> : quantityText(formatLatency(value, locale));
}

function TokensOf({ row: { promptTokens, completionTokens } }: { row: RequestRow }) {
  const { locale } = useReader();
  if (promptTokens === null && completionTokens === null) return <span className="text-fg-3">Unknown</span>;
  const text = (count: number | null) => (count === null ? "?" : formatCount(count, locale));
  return `${text(promptTokens)} / ${text(completionTokens)}`;
}
