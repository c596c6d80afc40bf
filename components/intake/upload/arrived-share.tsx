import type { Version } from "#lib/registry/schema.ts";
import { formatBytes, formatShare, quantityText } from "../../ui/format.ts";
import { ShareBar } from "../share-bar.tsx";
import { arrivedOf } from "./match-files.ts";

/** "62 % arrived · 26.0 MB of 42.0 MB", with a bar. */
export function ArrivedShare({ version }: { version: Pick<Version, "files" | "sizeBytes"> }) {
  const { bytes, total, share } = arrivedOf(version);
  return (
    <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-fg-2 tabular-nums">
      <ShareBar share={share} label="Arrived" className="w-24" />
      {quantityText(formatShare(share))} arrived · {quantityText(formatBytes(bytes))} of{" "}
      {quantityText(formatBytes(total))}
    </span>
  );
}
