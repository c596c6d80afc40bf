"use client";

import type { Traffic } from "#lib/requests/browser/traffic-schema.ts";
import { Card } from "../ui/card.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { formatCount } from "../ui/format.ts";
import { MeasurementView } from "../ui/measurement.tsx";
import { useReader } from "../ui/reader.tsx";
import { shedWords } from "./shed-words.ts";

type PoolTraffic = Traffic["pools"][number];

const COLUMNS: readonly Column<PoolTraffic>[] = [
  { id: "name", header: "Pool", cell: (row) => row.name },
  {
    id: "queued",
    header: "Queued",
    align: "end",
    cell: (row) => <MeasurementView value={{ ...row.queued, unit: "count" }} mark="none" />,
  },
  { id: "oldest", header: "Oldest wait", align: "end", hideBelow: "sm", cell: (row) => <Oldest pool={row} /> },
  {
    id: "saturated",
    header: "Full",
    cell: (row) =>
      row.isSaturated === null ? (
        "Unknown"
      ) : row.isSaturated ? (
        <span className="text-warn">Yes, to fallbacks</span>
      ) : (
        "No"
      ),
  },
  {
    id: "shed",
    header: "Shed from the queue since the gateway started",
    cell: (row) => <Shed pool={row} />,
    hideBelow: "sm",
  },
];

/** What waits at the gateway for a place on a node, and what was turned away there. */
export function PoolQueues({ traffic, isStale }: { traffic: Traffic; isStale: boolean }) {
  return (
    <Card title="Queue by pool" flush>
      <DataTable
        label="Queue by pool"
        columns={COLUMNS}
        rows={traffic.pools}
        rowKey={(row) => row.poolId}
        rowHref={(row) => `/pools/${row.poolId}`}
        stale={isStale}
        flush
        empty={<EmptyState title="No pools yet">A pool gets a queue when it has a node.</EmptyState>}
      />
    </Card>
  );
}

const Oldest = ({ pool }: { pool: PoolTraffic }) =>
  pool.queued.value === 0 ? (
    <span className="text-fg-3">–</span>
  ) : (
    <MeasurementView value={pool.oldestWaitMs} mark="none" />
  );

function Shed({ pool }: { pool: PoolTraffic }) {
  const { locale } = useReader();
  const shed = pool.shed.filter(({ count }) => count > 0);
  if (shed.length === 0) return <span className="text-fg-3">Nothing</span>;
  return shed.map(({ reason, count }) => `${formatCount(count, locale)} ${shedWords(reason)}`).join(", ");
}
