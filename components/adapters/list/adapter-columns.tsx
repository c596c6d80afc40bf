import type { Pool } from "#lib/pools/schema.ts";
import type { Adapter } from "#lib/registry/schema.ts";
import type { Column } from "../../ui/data-table.tsx";
import { formatBytes, formatBytesExact, quantityText } from "../../ui/format.ts";
import { Status, StatusShape } from "../../ui/status.tsx";
import { Time } from "../../ui/time.tsx";

/** Columns of the list; a pool's name and rank come with the pools, which a row only names by id. */
export const adapterColumns = (pools: ReadonlyMap<string, Pool>, isOfOnePool: boolean): Column<Adapter>[] => [
  {
    id: "name",
    header: "Adapter",
    sortable: true,
    cell: (row) => (
      <span className="inline-flex items-baseline gap-2">
        {row.name}
        <code className="font-mono text-xs font-normal text-fg-3 max-md:hidden">{row.slug}</code>
      </span>
    ),
  },
  {
    id: "tenant",
    header: "Tenant",
    sortable: true,
    cell: (row) => row.tenantName,
    truncate: true,
    width: "w-full",
  },
  ...(isOfOnePool ? [] : [poolColumn(pools)]),
  { id: "newest", header: "Newest", cell: (row) => <Newest adapter={row} /> },
  { id: "live", header: "Live", hideBelow: "sm", cell: (row) => <Live adapter={row} /> },
  {
    id: "rank",
    header: "Rank",
    align: "end",
    sortable: true,
    hideBelow: "md",
    cell: (row) => <Rank rank={row.newestVersion?.rank ?? null} of={pools.get(row.poolId)?.maxLoraRank ?? null} />,
  },
  SIZE,
  {
    id: "live_since",
    header: "Live since",
    sortable: true,
    hideBelow: "lg",
    cell: (row) => (row.route.liveSince ? <Time at={row.route.liveSince} /> : "–"),
  },
  {
    id: "updated",
    header: "Updated",
    sortable: true,
    hideBelow: "xl",
    cell: ({ newestVersion }) => (newestVersion ? <Time at={newestVersion.createdAt} /> : "–"),
  },
];

const SIZE: Column<Adapter> = {
  id: "size",
  header: "Size",
  align: "end",
  sortable: true,
  hideBelow: "lg",
  cell: ({ newestVersion }) =>
    newestVersion === null ? (
      "–"
    ) : (
      <span title={formatBytesExact(newestVersion.sizeBytes)}>
        {quantityText(formatBytes(newestVersion.sizeBytes))}
      </span>
    ),
};

const poolColumn = (pools: ReadonlyMap<string, Pool>): Column<Adapter> => ({
  id: "pool",
  header: "Pool",
  hideBelow: "lg",
  cell: (row) => <span title={pools.get(row.poolId)?.name}>{pools.get(row.poolId)?.slug ?? "Unknown"}</span>,
});

/** The youngest version and where it stands: whether anything waits there. */
function Newest({ adapter: { newestVersion } }: { adapter: Adapter }) {
  if (newestVersion === null) return <span className="text-fg-3">No version</span>;
  return (
    <span className="inline-flex items-center gap-2">
      <span className="w-7 text-fg-2 max-sm:hidden">v{newestVersion.number}</span>
      <Status of="version" is={newestVersion.status} />
    </span>
  );
}

/** Its own mark only where it is not simply fine: bytes that went bad under a version that still serves. */
function Live({ adapter: { route, liveStatus } }: { adapter: Adapter }) {
  if (route.liveVersionNumber === null) return <span className="text-fg-3">–</span>;
  return (
    <span className="inline-flex items-center gap-2">
      v{route.liveVersionNumber}
      {liveStatus !== null && liveStatus !== "live" && <Status of="version" is={liveStatus} />}
    </span>
  );
}

/** Against its pool's rank: what is lower is padded in every slot it takes. */
function Rank({ rank, of }: { rank: number | null; of: number | null }) {
  if (rank === null) return <span className="text-fg-3">–</span>;
  const isPadded = of !== null && rank < of;
  const percent = of === null ? 0 : Math.round((1 - rank / of) * 100);
  return (
    <span
      className="inline-flex items-center gap-1.5"
      title={isPadded ? `${percent} % of its share of a slot is padding` : undefined}
    >
      {isPadded && <StatusShape state="warn" />}
      <span>
        {rank}
        <span className="text-fg-3"> of {of ?? "?"}</span>
      </span>
    </span>
  );
}
