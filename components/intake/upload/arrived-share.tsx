import type { Version } from "#lib/registry/schema.ts";
import { formatBytes, formatShare, quantityText } from "../../ui/format.ts";
import { arrivedOf } from "./match-files.ts";

/** "62 % arrived · 26.0 MB of 42.0 MB", with a bar. */
export function ArrivedShare({ version }: { version: Pick<Version, "files" | "sizeBytes"> }) {
  const { bytes, total, share } = arrivedOf(version);
  return (
    <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-fg-2 tabular-nums">
      <progress className="h-2 w-24 accent-(--accent)" max={1} value={share} aria-label="Arrived" />
      {quantityText(formatShare(share))} arrived · {quantityText(formatBytes(bytes))} of{" "}
      {quantityText(formatBytes(total))}
    </span>
  );
}
