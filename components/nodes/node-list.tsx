"use client";

import Plus from "lucide-react/icons/plus";
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { Button, LinkButton } from "#components/ui/button.tsx";
import { Select } from "#components/ui/input.tsx";
import { NODE_POOL } from "#components/ui/page-calls.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { SearchInput } from "#components/ui/search-input.tsx";
import { STATUS } from "#components/ui/status-words.ts";
import { Switch } from "#components/ui/toggle.tsx";
import { useEvery } from "#components/ui/use-api.ts";
import type { Node } from "#lib/fleet/schema.ts";
import { NodeTable } from "./node-table.tsx";

/** From the words, not from the schema: the schema would bring its validator into the page. */
const HEALTHS = Object.keys(STATUS.node) as Node["health"][];
const HEALTH_OPTIONS = HEALTHS.map((health) => ({ value: health, label: STATUS.node[health][1] }));

const useView = () =>
  useQueryStates({
    q: parseAsString.withDefault("").withOptions({ throttleMs: 300 }),
    ...NODE_POOL,
    health: parseAsStringLiteral(HEALTHS),
    attention: parseAsBoolean.withDefault(false),
  });

/** All nodes, narrowed by pool, health, text or to those that need a look. */
export function NodeList() {
  const [view, setView] = useView();
  const { pool, ...filter } = view;
  const denied = useDenied("fleet.write");
  const href = pool === "" ? "/nodes/add" : `/nodes/add?pool=${encodeURIComponent(pool)}`;
  const add = denied ? (
    <Button variant="primary" icon={<Plus />} disabledReason={denied}>
      Add node
    </Button>
  ) : (
    <LinkButton variant="primary" icon={<Plus />} href={href}>
      Add node
    </LinkButton>
  );
  return (
    <>
      <PageHeader title="Nodes" primary={add} />
      <Filters view={view} onChange={(change) => void setView(change)} />
      <NodeTable poolId={pool || undefined} filter={filter} action={add} />
    </>
  );
}

type View = ReturnType<typeof useView>[0];

function Filters({ view, onChange }: { view: View; onChange: (change: Partial<View>) => void }) {
  const pools = useEvery("GET /pools", { query: {} }) ?? [];
  const poolOptions = withChosen(
    pools.map(({ id, name }) => ({ value: id, label: name })),
    view.pool,
  );
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SearchInput
        aria-label="Search nodes"
        placeholder="Search by name or address"
        query={view.q}
        onSearch={(q) => onChange({ q })}
        className="w-60"
      />
      <Select
        aria-label="Pool"
        value={view.pool}
        onChange={(event) => onChange({ pool: event.target.value })}
        placeholder="All pools"
        options={poolOptions}
        className="w-48"
      />
      <Select
        aria-label="Health"
        value={view.health ?? ""}
        onChange={(event) => onChange({ health: HEALTHS.find((health) => health === event.target.value) ?? null })}
        placeholder="Any health"
        options={HEALTH_OPTIONS}
        className="w-40"
      />
      <Switch
        label="Needs attention"
        checked={view.attention}
        onChange={(event) => onChange({ attention: event.target.checked })}
        className="ms-1"
      />
    </div>
  );
}

/** A select always holds what the URL names, even before the list has come or when it is too long. */
const withChosen = (options: { value: string; label: string }[], chosen: string) =>
  chosen === "" || options.some(({ value }) => value === chosen)
    ? options
    : [...options, { value: chosen, label: chosen }];
