"use client";

import ArrowLeftRight from "lucide-react/icons/arrow-left-right";
import { parseAsString, useQueryStates } from "nuqs";
import type { VersionDiff } from "#lib/registry/browser/compare-schema.ts";
import type { Version } from "#lib/registry/schema.ts";
import { IconButton, TextLink } from "../../ui/button.tsx";
import { Card, Notice } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { Select } from "../../ui/input.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Status } from "../../ui/status.tsx";
import { STATUS } from "../../ui/status-words.ts";
import { Time } from "../../ui/time.tsx";
import { useApi } from "../../ui/use-api.ts";
import { AliasTags } from "../version/alias-tags.tsx";
import { useLineage } from "../version/use-lineage.ts";
import { DiffRows, FileDiffs, ModuleChanges } from "./diff-tables.tsx";
import { FACT_WORDS, initialPair, sentenceOf } from "./diff-words.ts";
import { NormTable } from "./norm-table.tsx";

/** Two versions of one adapter side by side; both are in the URL. */
export function ComparePage({ adapterId }: { adapterId: string }) {
  const [chosen, setChosen] = useQueryStates({ a: parseAsString, b: parseAsString });
  const adapter = useApi("GET /adapters/{adapterId}", { params: { adapterId } });
  const lineage = useLineage(adapterId);
  const versions = lineage.data?.items ?? [];
  const [a, b] = initialPair(versions, chosen);
  const diff = useApi(
    "GET /versions/compare",
    { query: { a: a ?? "", b: b ?? "" } },
    { enabled: a !== null && b !== null },
  );
  const problem = adapter.problem ?? lineage.problem;
  return (
    <>
      <PageHeader
        title={
          adapter.data ? `Compare versions of ${adapter.data.tenantName} · ${adapter.data.slug}` : "Compare versions"
        }
        parents={[
          { label: "Adapters", href: "/adapters" },
          { label: adapter.data?.name ?? "Adapter", href: `/adapters/${adapterId}` },
        ]}
        meta={diff.data && a !== b ? sentenceOf(diff.data) : undefined}
      />
      {problem && <ErrorState problem={problem} onRetry={lineage.retry} />}
      {lineage.data && versions.length < 2 && (
        <EmptyState title="Nothing to compare yet">
          A comparison needs two versions of this adapter; it has {versions.length === 0 ? "none" : "one"}.
        </EmptyState>
      )}
      {versions.length >= 2 && (
        <Picker versions={versions} a={a} b={b} onChange={(pair) => void setChosen(pair, { history: "push" })} />
      )}
      {diff.problem && <ErrorState problem={diff.problem} onRetry={diff.retry} />}
      {!diff.data && !diff.problem && a !== null && b !== null && <Skeleton className="h-96 w-full" />}
      {diff.data && a !== null && b !== null && <Diff diff={diff.data} />}
    </>
  );
}

type Pair = { a: string | null; b: string | null };

function Picker({
  versions,
  a,
  b,
  onChange,
}: Pair & { versions: readonly Version[]; onChange: (pair: Partial<Pair>) => void }) {
  const options = versions.map(({ id, number, status, aliases }) => ({
    value: id,
    label: `v${number} · ${[STATUS.version[status][1], ...aliases.filter((alias) => alias !== status)].join(", ")}`,
  }));
  const select = (side: "a" | "b", label: string, value: string | null) => (
    <Select
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onChange({ [side]: event.target.value })}
      options={options}
      className="w-56"
    />
  );
  return (
    <div className="flex flex-wrap items-center gap-2">
      {select("a", "Version on the left", a)}
      <IconButton label="Swap sides" variant="secondary" onClick={() => onChange({ a: b, b: a })}>
        <ArrowLeftRight />
      </IconButton>
      {select("b", "Version on the right", b)}
    </div>
  );
}

function Diff({ diff }: { diff: VersionDiff }) {
  const names = { a: `v${diff.a.number}`, b: `v${diff.b.number}` };
  if (diff.a.id === diff.b.id)
    return <EmptyState title="Both sides show the same version">Choose another version on one side.</EmptyState>;
  return (
    <div className="flex flex-col gap-6">
      {diff.identical === true && (
        <Notice tone="warn">Both versions have the same digest, so they contain the same bytes.</Notice>
      )}
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <SideCard side={diff.a} />
        <SideCard side={diff.b} />
      </div>
      <DiffRows title="Facts" rows={diff.facts} names={names} words={FACT_WORDS} />
      <NormTable diff={diff} names={names} />
      <DiffRows
        title="adapter_config.json"
        rows={diff.config}
        names={names}
        unknown="One version's file cannot be read: it was never stored, or it changed after the check."
      />
      <FileDiffs files={diff.files} names={names} />
      <ModuleChanges modules={diff.modules} />
      <DiffRows
        title="Tensors"
        rows={diff.tensors}
        names={names}
        unknown="One version's weights cannot be read, so shapes are not compared."
      />
    </div>
  );
}

function SideCard({ side }: { side: VersionDiff["a"] }) {
  return (
    <Card>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <TextLink href={`/adapters/${side.adapterId}/versions/${side.id}`} className="text-lg font-semibold">
          v{side.number}
        </TextLink>
        <Status of="version" is={side.status} />
        <AliasTags aliases={side.aliases.filter((alias) => alias !== side.status)} />
        <span className="text-fg-3">
          added <Time at={side.createdAt} />
        </span>
      </div>
    </Card>
  );
}
