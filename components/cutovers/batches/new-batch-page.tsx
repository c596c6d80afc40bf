"use client";

import { useRouter } from "next/navigation";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useState } from "react";
import { useFormState } from "react-hook-form";
import type { BatchCandidate } from "#lib/cutover/browser/batch-schema.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { useApiForm, useFormValues } from "../../ui/form/use-api-form.ts";
import { FreezeWindowLine } from "../../ui/freeze-window-line.tsx";
import { Select } from "../../ui/input.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { useDenied } from "../../ui/reader.tsx";
import { SearchInput } from "../../ui/search-input.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { STATUS } from "../../ui/status-words.ts";
import { useApi, useApiList, useApiMutation, useEvery } from "../../ui/use-api.ts";
import type { Selection } from "../../ui/use-selection.ts";
import { type BatchBody, NEW_BATCH, toBody } from "./batch-body.ts";
import { BatchChoices } from "./batch-choices.tsx";
import { BatchPreviewView } from "./batch-preview.tsx";
import { cutovers } from "./batch-words.ts";
import { useBatchPreview } from "./use-batch-preview.ts";

/** From the words, not from the schema: the schema would bring its validator into the page. */
const VERSION_STATUSES = Object.keys(STATUS.version) as (keyof typeof STATUS.version)[];

const FILTER = {
  q: parseAsString.withDefault("").withOptions({ throttleMs: 300 }),
  pool: parseAsString.withDefault(""),
  tenant: parseAsString.withDefault(""),
  status: parseAsStringLiteral(VERSION_STATUSES),
  rank: parseAsString.withDefault(""),
  adapters: parseAsString.withDefault(""),
};

/** Chooses who, how many at a time, and shows what would happen before anything does. */
export function NewBatchPage() {
  const router = useRouter();
  const denied = useDenied("cutover.start");
  const { list, filter, setFilter, chosen, selection } = useCandidates();
  const settings = useApi("GET /settings", {}).data;
  const start = useApiMutation("POST /cutover-batches", {
    alsoRefresh: ["cutovers", "cutover-candidates"],
    onDone: ({ id }) => router.push(`/cutovers/batches/${id}`),
  });
  const { form, preview, ready, isWrong } = useBatchForm(chosen, !denied, start.runAsync);
  const isCurrent = chosen.length > 0 && !isWrong && preview.isCurrent;
  const canStart = isCurrent && ready.length > 0;
  return (
    <>
      <PageHeader
        title="New batch"
        parents={[{ label: "Cutovers", href: "/cutovers" }]}
        meta="Take many versions live, a few at a time. Nothing starts until you confirm."
        primary={
          <Button
            variant="primary"
            pending={form.isSending}
            disabledReason={denied ?? (canStart ? undefined : whyNot(chosen.length, isWrong, isCurrent))}
            onClick={() => form.submit()}
          >
            {canStart ? `Start ${cutovers(ready.length)}` : "Start batch"}
          </Button>
        }
      />
      {settings && <FreezeWindowLine windows={settings.freezeWindows} />}
      {form.problem && <ErrorState problem={form.problem} size="inline" />}
      <Card title="How">
        <BatchChoices form={form} />
      </Card>
      <Outcome
        preview={preview}
        hindrance={chosen.length === 0 ? "Choose versions below." : isWrong ? CORRECT_FIRST : null}
      />
      <Filter filter={filter} onChange={setFilter} />
      <DataTable
        label="Versions ready to go live"
        columns={COLUMNS}
        {...list.table}
        rowKey={(row) => row.adapterId}
        expectedRows={16}
        select={{
          selection,
          nameOf: (row) => `${row.adapterSlug} of ${row.tenantName}`,
          actions: null,
        }}
        empty={filter.q || filter.pool ? <NoMatch /> : NONE}
      />
    </>
  );
}

/** The form, and what would come of it; what is sent is what the preview found ready. */
function useBatchForm(
  chosen: readonly BatchCandidate[],
  isAllowed: boolean,
  send: (input: { body: BatchBody }) => Promise<unknown>,
) {
  const form = useApiForm({
    start: NEW_BATCH,
    checksWhileTyping: true,
    callOf: (values) => {
      const body = toBody(values, ready);
      return {
        schema: async () => (await import("#lib/cutover/browser/batch-schema.ts")).BatchPlanInput,
        body,
        send: () => send({ body }),
      };
    },
  });
  // the rows come from the preview itself, so that only what was typed can keep it from being asked
  const { errors } = useFormState({ control: form.control });
  const isWrong = Boolean(errors.atOnce ?? errors.stopAfterFailures ?? errors.overrideReason);
  const preview = useBatchPreview(toBody(useFormValues(form), chosen), chosen.length > 0 && isAllowed && !isWrong);
  const ready = preview.data?.items.filter((item) => item.ready) ?? [];
  return { form, preview, ready, isWrong };
}

const NONE = (
  <EmptyState title="No versions ready to go live" action={<LinkButton href="/adapters">Open adapters</LinkButton>}>
    Adapters with a newer ready version than the live one appear here, unless it was rolled back.
  </EmptyState>
);

const NoMatch = () => (
  <EmptyState title="No adapter matches">Search for another tenant or adapter, or choose another pool.</EmptyState>
);

const CORRECT_FIRST = "Correct the marked fields first.";

function whyNot(chosen: number, isWrong: boolean, isCurrent: boolean): string {
  if (chosen === 0) return "Choose at least one version.";
  if (isWrong) return CORRECT_FIRST;
  return isCurrent ? "All selected versions would be refused." : "The preview is still loading.";
}

/** What the server says of the choice so far. */
function Outcome({
  preview,
  hindrance,
}: {
  preview: ReturnType<typeof useBatchPreview>;
  /** Why it is not asked; null = it is. */
  hindrance: string | null;
}) {
  const { data, problem, isCurrent, retry } = preview;
  return (
    <Card title="Preview" stale={hindrance === null && !isCurrent && problem === null}>
      {hindrance !== null ? (
        <p className="text-md text-fg-2">{hindrance}</p>
      ) : problem ? (
        <ErrorState problem={problem} onRetry={retry} size="inline" />
      ) : data ? (
        <BatchPreviewView preview={data} />
      ) : (
        <Skeleton className="h-40 w-full" />
      )}
    </Card>
  );
}

/** All that match are chosen until they are given up one by one. */
function useCandidates() {
  const [filter, setFilter] = useQueryStates(FILTER);
  const { q, pool, tenant, status, rank, adapters } = filter;
  const query = {
    ...(q === "" ? {} : { q }),
    ...(pool === "" ? {} : { poolId: pool }),
    ...(tenant === "" ? {} : { tenantId: tenant }),
    ...(status === null ? {} : { status }),
    ...(rank === "" ? {} : { rank }),
    ...(adapters === "" ? {} : { adapters }),
  };
  const list = useApiList("GET /cutover-candidates", { query });
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const items = list.items ?? [];
  const chosen = items.filter(({ adapterId }) => !left.has(adapterId));
  const give = (keys: readonly string[], isChosen: boolean) =>
    setLeft((before) => {
      const next = new Set(before);
      for (const key of keys) {
        if (isChosen) next.delete(key);
        else next.add(key);
      }
      return next;
    });
  const selection: Selection = {
    keys: new Set(chosen.map(({ adapterId }) => adapterId)),
    isAll: false,
    set: give,
    setAll: () => setLeft(new Set()),
    clear: () =>
      give(
        items.map(({ adapterId }) => adapterId),
        false,
      ),
  };
  return { list, filter, setFilter, chosen, selection };
}

type FilterProps = {
  filter: { q: string; pool: string; adapters: string };
  onChange: (change: { q?: string | null; pool?: string | null; adapters?: null }) => void;
};

function Filter({ filter, onChange }: FilterProps) {
  const pools = useEvery("GET /pools", { query: {} }) ?? [];
  return (
    <search className="flex flex-wrap items-center gap-2">
      <SearchInput
        aria-label="Search versions"
        placeholder="Tenant or adapter"
        query={filter.q}
        onSearch={(text) => onChange({ q: text || null })}
        className="w-56 max-sm:w-full"
      />
      <Select
        aria-label="Pool"
        value={filter.pool}
        placeholder="All pools"
        options={pools.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={({ target }) => onChange({ pool: target.value || null })}
        className="w-40"
      />
      {filter.adapters !== "" && (
        <Button size="sm" variant="ghost" onClick={() => onChange({ adapters: null })}>
          Show all adapters
        </Button>
      )}
    </search>
  );
}

const COLUMNS: readonly Column<BatchCandidate>[] = [
  { id: "tenant", header: "Tenant", width: "w-full", truncate: true, cell: (row) => row.tenantName },
  { id: "adapter", header: "Adapter", cell: (row) => row.adapterSlug },
  {
    id: "move",
    header: "Move",
    width: "w-36",
    cell: (row) => (row.liveNumber === null ? `v${row.toNumber} goes live` : `v${row.liveNumber} → v${row.toNumber}`),
  },
];
