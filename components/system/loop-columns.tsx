import type { LoopView } from "#lib/journey/browser/system-schema.ts";
import type { Column } from "../ui/data-table.tsx";
import { formatDuration } from "../ui/format-time.ts";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";

const none = <span className="text-fg-3">None</span>;

export const LOOPS: readonly Column<LoopView>[] = [
  { id: "name", header: "Background job", cell: (loop) => <code className="font-mono text-xs">{loop.name}</code> },
  {
    id: "state",
    header: "State",
    cell: (loop) => (
      <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
        <Status of="loop" is={loop.state} />
        {loop.overdueSeconds !== null && (
          <span className="text-fg-2">· {formatDuration(loop.overdueSeconds * 1000)} overdue</span>
        )}
      </span>
    ),
  },
  { id: "run", header: "Last run", cell: (loop) => (loop.lastRunAt ? <Time at={loop.lastRunAt} /> : "never") },
  {
    id: "every",
    header: "Every",
    align: "end",
    cell: (loop) => (loop.everySeconds === null ? "Unknown" : formatDuration(loop.everySeconds * 1000)),
  },
  {
    id: "holder",
    header: "Owner",
    cell: (loop) =>
      loop.holder === null ? (
        <span className="text-fg-3">None</span>
      ) : (
        <code className="block max-w-40 truncate font-mono text-xs" title={loop.holder}>
          {loop.holder}
        </code>
      ),
  },
  { id: "error", header: "Last error", width: "w-full", cell: (loop) => loop.lastError ?? none },
];
