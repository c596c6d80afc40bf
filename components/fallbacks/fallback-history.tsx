"use client";

import type { FallbackEpisode } from "#lib/requests/browser/request-schema.ts";
import { Card } from "../ui/card.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { formatCount } from "../ui/format.ts";
import { formatDuration } from "../ui/format-time.ts";
import { fallbacksCall } from "../ui/page-calls.ts";
import { useReader } from "../ui/reader.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import { useApiList } from "../ui/use-api.ts";
import { type Audience, fallbackReasonWords, viaWords } from "../ui/via-words.ts";

const REFRESH_MS = 10_000;

const SINCE: Column<FallbackEpisode> = { id: "since", header: "From", cell: (row) => <Time at={row.since} /> };
const LASTED: Column<FallbackEpisode> = { id: "lasted", header: "Duration", cell: (row) => <Lasted row={row} /> };
const REQUESTS: Column<FallbackEpisode> = {
  id: "requests",
  header: "Requests",
  align: "end",
  hideBelow: "sm",
  cell: (row) => <Count row={row} />,
};
const TENANT: Column<FallbackEpisode> = { id: "tenant", header: "Tenant", cell: (row) => row.tenantSlug };
const MODEL: Column<FallbackEpisode> = {
  id: "model",
  header: "Model",
  hideBelow: "md",
  cell: (row) => row.adapterSlug ?? <span className="text-fg-3">–</span>,
};
const what = (audience: Audience, isOfOne: boolean): Column<FallbackEpisode> => ({
  id: "what",
  header: "Answered by",
  ...(isOfOne ? {} : { hideBelow: "sm" as const }),
  cell: (row) => viaWords(row.via, audience),
});
const why = (audience: Audience): Column<FallbackEpisode> => ({
  id: "why",
  header: "Reason",
  hideBelow: "sm",
  truncate: true,
  width: "w-full",
  cell: (row) => fallbackReasonWords(row.reason, audience),
});

const columnsOf = (audience: Audience, isOfOne: boolean): readonly Column<FallbackEpisode>[] => [
  SINCE,
  ...(isOfOne ? [] : [TENANT]),
  MODEL,
  what(audience, isOfOne),
  why(audience),
  LASTED,
  REQUESTS,
];
const COLUMNS = {
  staff: { one: columnsOf("staff", true), all: columnsOf("staff", false) },
  customer: { one: columnsOf("customer", true), all: columnsOf("customer", true) },
} as const;

/** Every stretch of time in which something else answered, the newest first. */
export function FallbackHistory({
  tenantId,
  audience,
}: {
  /** Of one tenant; else of all. */ tenantId?: string;
  audience: Audience;
}) {
  const list = useApiList(...fallbacksCall(tenantId), { refreshMs: REFRESH_MS });
  const root = audience === "staff" ? "/requests" : "/portal/requests";
  if (list.items?.length === 0)
    return (
      <Card title="Fallbacks" aside="last 24 hours">
        <p className="text-md text-fg-2">None. {NONE[audience]}</p>
      </Card>
    );
  return (
    <Card title="Fallbacks" aside="last 24 hours" flush>
      <DataTable
        label="Fallbacks"
        columns={COLUMNS[audience][tenantId === undefined ? "all" : "one"]}
        {...list.table}
        rowKey={(row) => row.id}
        rowHref={(row) => `${root}/${row.id}`}
        expectedRows={3}
        flush
        empty={null}
      />
    </Card>
  );
}

const NONE: Record<Audience, string> = {
  staff: "Requests answered by anything other than the live version appear here, with the reason.",
  customer: "Requests answered by anything other than your model appear here, with the reason.",
};

const Lasted = ({ row }: { row: FallbackEpisode }) =>
  row.until === null ? (
    <Status of="service" is="on_fallback" since={row.since} />
  ) : (
    formatDuration(Date.parse(row.lastAt) - Date.parse(row.since))
  );

function Count({ row }: { row: FallbackEpisode }) {
  const { locale } = useReader();
  return formatCount(row.requests, locale);
}
