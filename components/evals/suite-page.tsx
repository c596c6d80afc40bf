"use client";

import { useRouter } from "next/navigation";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { lazy, Suspense, useState } from "react";
import type { Suite, SuiteCase } from "#lib/evals/browser/suite-schema.ts";
import { Button } from "../ui/button.tsx";
import { Card, Notice } from "../ui/card.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Sheet } from "../ui/dialog.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useApi, useApiList, useApiMutation } from "../ui/use-api.ts";
import { CaseFilters } from "./case-filters.tsx";
import { WhatAPassProves } from "./proof-slider.tsx";
import { ReadinessCard } from "./readiness-card.tsx";

const CasePeek = lazy(() => import("./case-peek.tsx").then((module) => ({ default: module.CasePeek })));
const CaseEditor = lazy(() => import("./case-editor.tsx").then((module) => ({ default: module.CaseEditor })));
const MatchersCard = lazy(() => import("./matchers-card.tsx").then((module) => ({ default: module.MatchersCard })));

const promptOf = (row: SuiteCase): string =>
  row.messages.findLast((message) => message.role === "user")?.content ?? "–";

const COLUMNS: readonly Column<SuiteCase>[] = [
  { id: "ordinal", header: "#", align: "end", cell: (row) => row.ordinal, width: "w-12" },
  {
    id: "category",
    header: "Category",
    cell: (row) => row.category.replaceAll("_", " "),
    width: "w-44",
    hideBelow: "sm",
  },
  { id: "prompt", header: "Prompt", cell: promptOf, truncate: true, width: "w-full" },
  { id: "turns", header: "Turns", align: "end", hideBelow: "xl", cell: turnsOf },
  {
    id: "expected",
    header: "Right answer",
    hideBelow: "lg",
    cell: (row) => {
      const calls = row.expected.calls.map((call) => call.name).join(", ") || "no call";
      return (
        <code title={calls} className="block max-w-64 truncate font-mono text-xs">
          {calls}
        </code>
      );
    },
  },
  { id: "held", header: "Held out", hideBelow: "md", cell: (row) => (row.holdOut ? "Held out" : "–") },
];

function turnsOf(row: SuiteCase): number {
  return row.messages.filter(({ role }) => role !== "system").length;
}

const VIEW = {
  category: parseAsString.withDefault(""),
  heldOut: parseAsStringLiteral(["yes", "no"] as const),
  expects: parseAsStringLiteral(["call", "no_call"] as const),
  q: parseAsString.withDefault(""),
  peek: parseAsString.withDefault(""),
};

/** One revision of a suite: its prompts, what a pass of it proves, and its edits as long as no run has used it. */
export function SuitePage({ suiteId }: { suiteId: string }) {
  const read = useApi("GET /suites/{suiteId}", { params: { suiteId } });
  if (read.data) return <SuiteView suite={read.data} />;
  if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
  return <Skeleton className="h-40 w-full" />;
}

function SuiteView({ suite }: { suite: Suite }) {
  const [view, setView] = useQueryStates(VIEW);
  const [isAdding, setAdding] = useState(false);
  const { category, heldOut, expects, q, peek } = view;
  const query = {
    ...(category ? { category } : {}),
    ...(heldOut ? { holdOut: heldOut } : {}),
    ...(expects ? { expects } : {}),
    ...(q ? { q } : {}),
  };
  const list = useApiList("GET /suites/{suiteId}/cases", { params: { suiteId: suite.id }, query });
  const hrefOf = (row: SuiteCase) =>
    `/evals/suites/${suite.id}?${new URLSearchParams({ ...asParams(view), peek: row.id })}`;
  return (
    <>
      <SuiteHeader suite={suite} onAdd={() => setAdding(true)} />
      {suite.remarks.length > 0 && <Remarks remarks={suite.remarks} />}
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        <ProofCard suite={suite} />
        <ReadinessCard tenantId={suite.tenantId} suiteId={suite.id} />
      </div>
      <CaseFilters
        view={{ category, heldOut, expects, q }}
        categories={list.firstPage?.categories ?? []}
        onChange={(change) => void setView(change)}
      />
      <DataTable
        label="Prompts"
        columns={COLUMNS}
        {...list.table}
        rowKey={(row) => row.id}
        rowHref={hrefOf}
        selectedKey={peek || null}
        empty={<EmptyState title="No prompts match">Clear a filter to see more.</EmptyState>}
      />
      <Suspense fallback={<Skeleton className="h-24 w-full" />}>
        <MatchersCard suite={suite} />
      </Suspense>
      <PeekSheet suite={suite} caseId={peek} onClose={() => void setView({ peek: null })} />
      <Sheet
        open={isAdding}
        onOpenChange={setAdding}
        size="lg"
        title="Add prompt"
        description={`${suite.name}, revision ${suite.revision}`}
      >
        <Suspense fallback={null}>
          {isAdding && <CaseEditor suite={suite} shown={null} onDone={() => setAdding(false)} />}
        </Suspense>
      </Sheet>
    </>
  );
}

/** One prompt beside the list; the address names it, whichever page of the list it stands on. */
function PeekSheet({ suite, caseId, onClose }: { suite: Suite; caseId: string; onClose: () => void }) {
  const shown = useApi(
    "GET /suites/{suiteId}/cases/{caseId}",
    { params: { suiteId: suite.id, caseId } },
    { enabled: caseId !== "" },
  );
  const isShown = caseId !== "" && shown.data?.id === caseId;
  return (
    <Sheet
      open={caseId !== ""}
      onOpenChange={(open) => !open && onClose()}
      size="lg"
      title={isShown ? `Prompt ${shown.data?.ordinal}` : "Prompt"}
      description={isShown ? shown.data?.category.replaceAll("_", " ") : undefined}
    >
      {shown.problem && <ErrorState problem={shown.problem} size="inline" />}
      <Suspense fallback={null}>
        {isShown && shown.data && <CasePeek key={caseId} suite={suite} shown={shown.data} onGone={onClose} />}
      </Suspense>
    </Sheet>
  );
}

type View = { category: string; heldOut: string | null; expects: string | null; q: string };
const asParams = ({ category, heldOut, expects, q }: View): Record<string, string> => ({
  ...(category ? { category } : {}),
  ...(heldOut ? { heldOut } : {}),
  ...(expects ? { expects } : {}),
  ...(q ? { q } : {}),
});

const ORIGINS: Record<Suite["source"], string> = {
  generated: "Generated",
  tools: "Generated from the tenant's own tools",
  template: "Made by a template",
  import: "Imported from a file",
  recorded: "Recorded requests",
  edit: "An editable copy",
};

function SuiteHeader({ suite, onAdd }: { suite: Suite; onAdd: () => void }) {
  const router = useRouter();
  const denied = useDenied("eval.run");
  const copy = useApiMutation("POST /suites/{suiteId}/copy", {
    alsoRefresh: ["suite-readiness"],
    onDone: (made) => router.push(`/evals/suites/${made.id}`),
  });
  const copyButton = (variant: "primary" | "secondary") => (
    <Button
      variant={variant}
      disabledReason={denied}
      pending={copy.isPending}
      onClick={() => copy.run({ params: { suiteId: suite.id }, body: {} })}
    >
      Edit as new revision
    </Button>
  );
  return (
    <>
      <PageHeader
        title={`${suite.name}, revision ${suite.revision}`}
        parents={[
          { label: "Evals", href: "/evals" },
          { label: "Suites", href: "/evals/suites" },
        ]}
        id={suite.id}
        meta={
          <>
            <span>{ORIGINS[suite.source]}.</span>
            <span>
              {suite.caseCount} prompts, {suite.heldOut} held out.
            </span>
            <span>
              {suite.isFinal ? "A run used it, so it is locked." : "No run has used it yet, so you can edit it."}
            </span>
          </>
        }
        primary={
          suite.isFinal ? (
            copyButton("primary")
          ) : (
            <Button variant="primary" disabledReason={denied} onClick={onAdd}>
              Add prompt
            </Button>
          )
        }
        secondary={suite.isFinal ? undefined : copyButton("secondary")}
      />
      {copy.problem && <ErrorState problem={copy.problem} size="inline" />}
    </>
  );
}

const REMARKS_SHOWN = 5;

function Remarks({ remarks }: { remarks: readonly string[] }) {
  const more = remarks.length - REMARKS_SHOWN;
  return (
    <Notice tone="warn">
      <ul>
        {remarks.slice(0, REMARKS_SHOWN).map((remark) => (
          <li key={remark}>{remark}</li>
        ))}
      </ul>
      {more > 0 && <p>And {more} more.</p>}
    </Notice>
  );
}

function ProofCard({ suite }: { suite: Suite }) {
  const readiness = useApi("GET /tenants/{tenantId}/suite-readiness", { params: { tenantId: suite.tenantId } }).data;
  const first = readiness?.sizes[0];
  return (
    <Card title="What a pass proves">
      <WhatAPassProves
        initial={suite.caseCount}
        callsPerPrompt={first?.calls.value ? first.calls.value / first.prompts : null}
      />
    </Card>
  );
}
