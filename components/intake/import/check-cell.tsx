import type { FindingSeverity } from "#lib/registry/schema.ts";
import { cn } from "../../ui/cn.ts";
import { StatusShape } from "../../ui/status.tsx";
import { cellWord } from "./row-words.ts";

/** One group's worst finding: a shape and a word, so that colour is never alone. */
export function CheckCell({ cell }: { cell: FindingSeverity | null }) {
  if (cell === null)
    return (
      <span className="text-fg-3" title="Not checked">
        –<span className="sr-only"> not checked</span>
      </span>
    );
  const { role, word } = cellWord(cell);
  return (
    <span data-cell={cell} className="inline-flex items-center gap-1">
      <StatusShape state={role} />
      <span className={cn(role === "bad" && "text-bad", role === "warn" && "text-warn", role === "ok" && "text-fg-2")}>
        {word}
      </span>
    </span>
  );
}
