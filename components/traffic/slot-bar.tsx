"use client";

import type { NodeTraffic } from "#lib/requests/browser/traffic-schema.ts";
import { formatCount } from "../ui/format.ts";
import { Popover } from "../ui/popover.tsx";
import { useReader } from "../ui/reader.tsx";

/** Different adapters in flight against the slots for them; it opens which. */
export function SlotBar({ node }: { node: NodeTraffic }) {
  const { locale } = useReader();
  const used = node.adaptersInFlight.value;
  if (used === null) return <span className="text-fg-3">Unknown of {formatCount(node.slots, locale)}</span>;
  const text = `${formatCount(used, locale)} of ${formatCount(node.slots, locale)}`;
  return (
    <Popover
      label={`Adapters in flight on ${node.name}`}
      trigger={(props) => (
        <button
          type="button"
          {...props}
          aria-label={`${text} slots: show the adapters in flight on ${node.name}`}
          className="row-action inline-flex h-6 items-center gap-2 rounded-control px-1 hover:bg-off-tint pointer-coarse:h-10"
        >
          <span
            aria-hidden="true"
            className="h-1.5 w-20 overflow-hidden rounded-full bg-off-tint outline outline-line max-sm:hidden"
          >
            <span
              className={used >= node.slots ? "block h-full bg-warn" : "block h-full bg-tier-gpu"}
              style={{ width: `${Math.min(100, (used / Math.max(1, node.slots)) * 100)}%` }}
            />
          </span>
          <span className="w-14 text-end">{text}</span>
        </button>
      )}
    >
      <AdapterList node={node} />
    </Popover>
  );
}

function AdapterList({ node: { adapters } }: { node: NodeTraffic }) {
  const { locale } = useReader();
  if (adapters.length === 0) return <p className="text-fg-2">No requests in flight.</p>;
  return (
    <ul className="flex max-h-72 flex-col gap-1 overflow-y-auto text-sm">
      {adapters.map(({ loraName, label, inFlight }) => (
        <li key={loraName} className="flex justify-between gap-4">
          <span className="min-w-0 truncate" title={loraName}>
            {label}
          </span>
          <span>{formatCount(inFlight, locale)}</span>
        </li>
      ))}
    </ul>
  );
}
