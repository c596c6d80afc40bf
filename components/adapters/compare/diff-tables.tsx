"use client";

import type { DiffRow, FileDiff, VersionDiff } from "#lib/registry/browser/compare-schema.ts";
import { Card } from "../../ui/card.tsx";
import { cn } from "../../ui/cn.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { formatBytes, quantityText, shortenId } from "../../ui/format.ts";
import { StatusShape } from "../../ui/status.tsx";
import type { StateRole } from "../../ui/status-words.ts";

type Names = { a: string; b: string };
const NO_WORDS = {};

/** Rows that differ; those that are equal are folded away behind their number. */
export function DiffRows({
  title,
  rows,
  names,
  words = NO_WORDS,
  unknown = "",
}: {
  title: string;
  /** null = one side cannot be read. */
  rows: readonly DiffRow[] | null;
  names: Names;
  /** What keys are called; a key without a word is shown as it stands in its file. */
  words?: Readonly<Record<string, string>>;
  unknown?: string;
}) {
  const changed = rows?.filter(({ same }) => !same) ?? [];
  const equal = rows?.filter(({ same }) => same) ?? [];
  return (
    <Card
      title={title}
      aside={rows && (changed.length === 0 ? "no difference" : `${changed.length} of ${rows.length} differ`)}
    >
      {rows === null && <p className="text-sm text-fg-2">Unknown. {unknown}</p>}
      {changed.length > 0 && <RowTable label={`${title}: what differs`} rows={changed} names={names} words={words} />}
      {equal.length > 0 && (
        <details className={cn("text-sm", changed.length > 0 && "mt-3")}>
          <summary className="min-h-6 cursor-pointer text-fg-2 pointer-coarse:min-h-10">
            {equal.length} equal {equal.length === 1 ? "row" : "rows"}
          </summary>
          <RowTable label={`${title}: what is equal`} rows={equal} names={names} words={words} />
        </details>
      )}
    </Card>
  );
}

/** A plain table, since a value may be long: it wraps instead of being cut. */
function RowTable({
  label,
  rows,
  names,
  words,
}: {
  label: string;
  rows: readonly DiffRow[];
  names: Names;
  words: Readonly<Record<string, string>>;
}) {
  const head = "py-1 pe-4 text-start text-xs font-medium text-fg-2";
  return (
    <table aria-label={label} className="w-full table-fixed text-sm">
      <thead>
        <tr>
          <th scope="col" className={cn(head, "w-1/3 sm:w-1/4")}>
            <span className="sr-only">Fact</span>
          </th>
          <th scope="col" className={head}>
            {names.a}
          </th>
          <th scope="col" className={head}>
            {names.b}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key} className="border-t align-baseline">
            <th scope="row" className="py-1.5 pe-4 text-start font-normal break-words text-fg-2">
              {words[row.key] ?? <code className="font-mono text-xs">{row.key}</code>}
            </th>
            <Value value={row.a} />
            <Value value={row.b} isNew={!row.same} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ value, isNew = false }: { value: string | null; isNew?: boolean }) {
  const isDigest = value !== null && /^[0-9a-f]{64}$/.test(value);
  return (
    <td className="py-1.5 pe-4">
      {value === null || value === "null" ? (
        <span className="text-fg-3">{value === null ? "not there" : "null"}</span>
      ) : (
        <code
          title={isDigest ? value : undefined}
          className={cn("font-mono text-xs break-words", isNew && "font-semibold")}
        >
          {isDigest ? shortenId(value) : value}
        </code>
      )}
    </td>
  );
}

const CHANGES: Record<FileDiff["change"], { role: StateRole; word: (names: Names) => string }> = {
  equal: { role: "ok", word: () => "Equal" },
  changed: { role: "warn", word: () => "Changed" },
  only_a: { role: "warn", word: ({ a }) => `Only in ${a}` },
  only_b: { role: "warn", word: ({ b }) => `Only in ${b}` },
  unknown: { role: "unknown", word: () => "Unknown: not arrived" },
};

const fileColumns = (names: Names): Column<FileDiff>[] => [
  { id: "path", header: "File", cell: (row) => <code className="font-mono text-xs">{row.path}</code> },
  {
    id: "change",
    header: "Bytes",
    width: "w-full",
    cell: (row) => (
      <span className="inline-flex items-center gap-1.5">
        <StatusShape state={CHANGES[row.change].role} />
        {CHANGES[row.change].word(names)}
      </span>
    ),
  },
  { id: "a", header: names.a, align: "end", hideBelow: "sm", cell: (row) => <FileSide side={row.a} /> },
  { id: "b", header: names.b, align: "end", hideBelow: "sm", cell: (row) => <FileSide side={row.b} /> },
];

function FileSide({ side }: { side: FileDiff["a"] }) {
  if (side === null) return <span className="text-fg-3">–</span>;
  return <span title={side.sha256 ?? "digest unknown"}>{quantityText(formatBytes(side.sizeBytes))}</span>;
}

/** Which files are the same bytes, by their digests. */
export function FileDiffs({ files, names }: { files: readonly FileDiff[]; names: Names }) {
  return (
    <Card title="Files" aside="compared by SHA-256" flush>
      <DataTable
        label="Files of both versions"
        columns={fileColumns(names)}
        rows={files}
        rowKey={(row) => row.path}
        flush
        empty={<EmptyState title="Neither version has files" className="py-6" />}
      />
    </Card>
  );
}

/** Modules that only one of them touches. */
export function ModuleChanges({ modules }: { modules: VersionDiff["modules"] }) {
  return (
    <Card title="Modules" aside={modules && `${modules.kept} in both`}>
      {modules === null && (
        <p className="text-sm text-fg-2">Unknown: one version's weights and norms cannot be read.</p>
      )}
      {modules && modules.added.length + modules.removed.length === 0 && (
        <p className="text-sm text-fg-2">Both target the same modules.</p>
      )}
      {modules && modules.added.length > 0 && <Paths title="Added" paths={modules.added} />}
      {modules && modules.removed.length > 0 && <Paths title="Removed" paths={modules.removed} />}
    </Card>
  );
}

function Paths({ title, paths }: { title: string; paths: readonly string[] }) {
  return (
    <div className="mt-1 text-sm">
      <p className="font-medium">
        {title} <span className="font-normal text-fg-3">{paths.length}</span>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard. */}
      <ul tabIndex={0} className="max-h-40 overflow-y-auto font-mono text-xs leading-5 text-fg-2">
        {paths.map((path) => (
          <li key={path} className="break-all">
            {path}
          </li>
        ))}
      </ul>
    </div>
  );
}
