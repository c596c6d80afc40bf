import { TextLink } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import type { Column } from "#components/ui/data-table.tsx";
import { StatusShape } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { actionWords } from "#lib/identity/browser/action-words.ts";
import type { Change } from "#lib/journey/browser/changes-schema.ts";
import { ChangeDetails } from "./change-details.tsx";
import { changeHref, diffWords, moreWords } from "./change-words.ts";

export const CHANGE_COLUMNS: readonly Column<Change>[] = [
  { id: "at", header: "When", cell: (row) => <Time at={row.at} className="whitespace-nowrap font-normal" /> },
  { id: "what", header: "What", truncate: true, width: "w-full sm:w-1/2", cell: (row) => <What is={row} /> },
  { id: "who", header: "Who", hideBelow: "md", cell: (row) => row.actor ?? <span className="text-fg-3">Itself</span> },
  {
    id: "diff",
    header: "Difference and reason",
    hideBelow: "sm",
    truncate: true,
    width: "w-1/2",
    cell: (row) => (
      <span className="flex min-w-0 items-center gap-2">
        <span className="min-w-0 truncate">{[diffWords(row.diff), row.reason].filter(Boolean).join(" · ") || "–"}</span>
        <ChangeDetails is={row} what={wordsOf(row)} words={moreWords(row.diff)} className="ms-auto" />
      </span>
    ),
  },
];

/** On a phone there is room for more lines, not for longer ones. */
const LINE = "min-w-0 sm:truncate";

const wordsOf = ({ title, action, objectName }: Change): string =>
  title ?? [actionWords(action ?? ""), objectName].filter(Boolean).join(" · ");

/** What happened as a line of its own, or what was done to which object. */
function What({ is }: { is: Change }) {
  const href = changeHref(is);
  const text = wordsOf(is);
  return (
    <span className="flex min-w-0 items-center gap-1.5" title={text}>
      {is.outcome === "failed" && <StatusShape state="bad" />}
      {href === null ? (
        <span className={LINE}>{text}</span>
      ) : (
        <TextLink href={href} className={cn(LINE, "font-normal text-fg")}>
          {text}
        </TextLink>
      )}
      <ChangeDetails is={is} what={text} words="Details" className="sm:hidden" />
    </span>
  );
}
