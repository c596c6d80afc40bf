"use client";

import Ellipsis from "lucide-react/icons/ellipsis";
import { Button, TextLink } from "#components/ui/button.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import type { Column } from "#components/ui/data-table.tsx";
import { formatMoney, formatNumber, quantityText } from "#components/ui/format.ts";
import { Menu } from "#components/ui/menu.tsx";
import { useReader } from "#components/ui/reader.tsx";
import type { Endpoint, EndpointUse } from "#lib/registry/browser/endpoint-schema.ts";

type RowActions = {
  denied: string | undefined;
  deniedTest: string | undefined;
  /** The endpoint that is being tested. */
  testing: string | null;
  onTest: (endpoint: Endpoint) => void;
  onEdit: (endpoint: Endpoint) => void;
  onRemove: (endpoint: Endpoint) => void;
};

export const endpointColumns = (actions: RowActions): readonly Column<Endpoint>[] => [
  {
    id: "name",
    header: "Endpoint",
    width: "w-full",
    cell: (endpoint) => (
      <div className="py-1">
        <p>{endpoint.name}</p>
        <code className="break-all font-mono text-xs text-fg-2">{endpoint.baseUrl}</code>
      </div>
    ),
  },
  {
    id: "model",
    header: "Model",
    hideBelow: "lg",
    cell: (endpoint) => endpoint.model ?? <span className="text-fg-2">As sent</span>,
  },
  { id: "tenant", header: "For", hideBelow: "md", cell: (endpoint) => endpoint.tenantName ?? "Every tenant" },
  { id: "takes", header: "Takes", hideBelow: "lg", cell: (endpoint) => <Declared endpoint={endpoint} /> },
  { id: "used", header: "Used by", hideBelow: "sm", cell: (endpoint) => <Uses uses={endpoint.usedBy} /> },
  { id: "actions", header: "", align: "end", cell: (endpoint) => <RowButtons endpoint={endpoint} actions={actions} /> },
];

function Declared({ endpoint: { gpus, costPerMonth } }: { endpoint: Endpoint }) {
  const { locale } = useReader();
  if (gpus === null && costPerMonth === null) return <span className="text-fg-3">Unknown</span>;
  return (
    <div className="whitespace-nowrap py-1">
      <p>{gpus === null ? "GPUs unknown" : `${formatNumber(gpus, locale)} ${gpus === 1 ? "GPU" : "GPUs"}`}</p>
      <p className="text-fg-2">
        {costPerMonth === null ? "cost unknown" : quantityText(formatMoney(costPerMonth, "USD", "month", locale))}
      </p>
    </div>
  );
}

const hrefOf = ({ kind, id }: EndpointUse): string => {
  switch (kind) {
    case "origin":
      return `/adapters/${id}`;
    case "tenant":
      return `/tenants/${id}/routing`;
    case "pool":
      return `/pools/${id}`;
  }
};
const SHOWN = 2;

function Uses({ uses }: { uses: readonly EndpointUse[] }) {
  if (uses.length === 0) return <span className="text-fg-2">Nothing</span>;
  return (
    <ul className="py-1">
      {uses.slice(0, SHOWN).map((use) => (
        <li key={`${use.kind} ${use.id}`}>
          <TextLink href={hrefOf(use)}>{use.name}</TextLink>
        </li>
      ))}
      {uses.length > SHOWN && <li className="text-fg-2">and {uses.length - SHOWN} more</li>}
    </ul>
  );
}

function RowButtons({ endpoint, actions }: { endpoint: Endpoint; actions: RowActions }) {
  const { denied, deniedTest, testing, onTest, onEdit, onRemove } = actions;
  const inUse = endpoint.usedBy.length > 0 ? "In use. Choose another endpoint there first." : undefined;
  return (
    <div className="flex justify-end gap-2">
      <Button
        size="sm"
        aria-label={`Test ${endpoint.name}`}
        pending={testing === endpoint.id}
        disabledReason={deniedTest}
        onClick={() => onTest(endpoint)}
      >
        Test
      </Button>
      <Menu
        label={`More for ${endpoint.name}`}
        align="end"
        items={[
          { kind: "action", label: "Edit endpoint", disabledReason: denied, onSelect: () => onEdit(endpoint) },
          {
            kind: "action",
            label: "Remove endpoint",
            tone: "danger",
            disabledReason: denied ?? inUse,
            onSelect: () => onRemove(endpoint),
          },
        ]}
        trigger={(props) => (
          <button
            type="button"
            {...props}
            aria-label={`More for ${endpoint.name}`}
            className={buttonClass("secondary", "sm", true)}
          >
            <Ellipsis />
          </button>
        )}
      />
    </div>
  );
}
