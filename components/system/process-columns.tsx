import type { System } from "#lib/journey/browser/system-schema.ts";
import type { Column } from "../ui/data-table.tsx";
import { formatBytes, formatCount, quantityText } from "../ui/format.ts";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";

type Worker = System["workers"][number];
type Gateway = System["gateways"][number];

const bytes = (value: number | null) => (value === null ? "Unknown" : quantityText(formatBytes(value)));
const seen = (one: { isThere: boolean; seenAt: string }) => (
  <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
    <Status of="process" is={one.isThere ? "there" : "gone"} />
    {!one.isThere && (
      <span className="text-fg-2">
        · last seen <Time at={one.seenAt} />
      </span>
    )}
  </span>
);

export const WORKERS: readonly Column<Worker>[] = [
  {
    id: "host",
    header: "Worker",
    cell: (worker) => (
      <code className="font-mono text-xs" title={worker.id}>
        {worker.host} · {worker.pid}
      </code>
    ),
  },
  { id: "state", header: "State", cell: seen },
  { id: "started", header: "Started", cell: (worker) => <Time at={worker.startedAt} /> },
  { id: "memory", header: "Memory", align: "end", cell: (worker) => bytes(worker.memoryBytes) },
  { id: "data", header: "Free, data", align: "end", cell: (worker) => bytes(worker.freeDataBytes) },
  { id: "adapters", header: "Free, adapters", align: "end", cell: (worker) => bytes(worker.freeAdapterBytes) },
];

export const GATEWAYS: readonly Column<Gateway>[] = [
  {
    id: "id",
    header: "Gateway",
    cell: (gateway) => <code className="font-mono text-xs">{gateway.id.slice(0, 16)}</code>,
  },
  { id: "state", header: "State", cell: seen },
  { id: "started", header: "Started", cell: (gateway) => <Time at={gateway.startedAt} /> },
  {
    id: "snapshot",
    header: "Snapshot read",
    cell: (gateway) => (gateway.snapshotAt ? <Time at={gateway.snapshotAt} /> : "never"),
  },
  {
    id: "traces",
    header: "Traces to store",
    align: "end",
    cell: (gateway) => formatCount(gateway.tracesPending),
  },
];
