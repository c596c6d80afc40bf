import { Button, TextLink } from "#components/ui/button.tsx";
import type { Column } from "#components/ui/data-table.tsx";
import { formatNumber, formatShare, quantityText } from "#components/ui/format.ts";
import { MeasurementView } from "#components/ui/measurement.tsx";
import { useReader } from "#components/ui/reader.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Objective } from "#lib/alerting/browser/objective-schema.ts";
import { KIND_WORDS } from "./objective-words.ts";

export type ObjectiveActions = {
  denied: string | null | undefined;
  /** The one whose decision is on its way. */
  deciding: string | null;
  onDecide: (objective: Objective, status: "accepted" | "dismissed") => void;
  onEdit: (objective: Objective) => void;
  onRemove: (objective: Objective) => void;
};

export const objectiveColumns = (actions: ObjectiveActions): readonly Column<Objective>[] => [
  {
    id: "objective",
    header: "Objective",
    width: "w-full",
    cell: (objective) => <Promised objective={objective} />,
  },
  { id: "state", header: "State", hideBelow: "sm", cell: (objective) => <State objective={objective} /> },
  {
    id: "budget",
    header: "Budget left",
    align: "end",
    hideBelow: "sm",
    cell: ({ budgetLeft }) => <MeasurementView value={budgetLeft} mark="icon" />,
  },
  {
    id: "burn",
    header: "Burn rate",
    align: "end",
    hideBelow: "md",
    cell: (objective) => <Pace objective={objective} />,
  },
  {
    id: "seen",
    header: "Visible to",
    hideBelow: "lg",
    cell: ({ visibility }) => (visibility === "customer" ? "Staff, customer" : "Staff"),
  },
  { id: "actions", header: "", align: "end", cell: (objective) => <RowButtons objective={objective} {...actions} /> },
];

function Promised({ objective }: { objective: Objective }) {
  const { scope, title, promise, outcome, windowDays } = objective;
  return (
    <div className="min-w-40 whitespace-normal py-1.5">
      <div className="sm:hidden">
        <State objective={objective} />
      </div>
      <p>
        <TextLink href={scope.type === "pool" ? `/pools/${scope.id}` : `/tenants/${scope.id}`}>
          {scope.type === "pool" ? `Pool ${scope.name}` : scope.name}
        </TextLink>
        <span className="text-fg-2">, {title}</span>
      </p>
      <p>
        {promise}
        <span className="text-fg-2">; {objective.total === 0 ? `over ${windowDays} d` : outcome}</span>
      </p>
      <Basis objective={objective} />
    </div>
  );
}

/** From what it was proposed, and of how many requests. */
function Basis({ objective: { basis, status, kind } }: { objective: Objective }) {
  const { locale } = useReader();
  if (basis === null || status !== "proposed") return null;
  const observed = KIND_WORDS[kind].isMs
    ? `p95 ${formatNumber(Math.round(basis.observed), locale)} ms`
    : quantityText(formatShare(basis.observed, locale));
  return (
    <p className="text-xs text-fg-3">
      Proposed from {formatNumber(basis.requests, locale)} requests of the first seven days, from{" "}
      <Time at={basis.from} as="absolute" />: {observed} then.
    </p>
  );
}

/** A proposal is one until somebody decides, however it fares. */
function State({ objective: { status, state, note } }: { objective: Objective }) {
  return (
    <div className="max-w-56 whitespace-normal">
      <Status of="objective" is={status === "accepted" ? state : status} />
      {status === "proposed" && state !== "unknown" && <p className="text-xs text-fg-2">Would be {state}.</p>}
      {status !== "dismissed" && note && <p className="text-xs text-fg-3">{note}</p>}
    </div>
  );
}

/** The fastest pace of a pair of windows that tells; 1 uses the budget up exactly. */
function Pace({ objective: { burns } }: { objective: Objective }) {
  const { locale } = useReader();
  const known = burns.filter(({ status }) => status !== "unknown");
  const worst = known.find(({ status }) => status === "bad") ?? known[0];
  if (worst === undefined || worst.long.rate === null) return <span className="text-fg-3">Unknown</span>;
  const hours = worst.long.seconds / 3_600;
  return (
    <span className={worst.status === "bad" ? (worst.severity === "critical" ? "text-bad" : "text-warn") : undefined}>
      {formatNumber(worst.long.rate, locale)} × over {hours < 24 ? `${hours} h` : `${hours / 24} d`}
    </span>
  );
}

function RowButtons({
  objective,
  denied,
  deciding,
  onDecide,
  onEdit,
  onRemove,
}: { objective: Objective } & ObjectiveActions) {
  const { id, status, scope, title } = objective;
  const name = `${title} of ${scope.name}`;
  const isPending = deciding === id;
  return (
    <div className="flex justify-end gap-2 max-sm:flex-col">
      {status === "proposed" && (
        <>
          <Button
            size="sm"
            aria-label={`Accept ${name}`}
            pending={isPending}
            disabledReason={denied}
            onClick={() => onDecide(objective, "accepted")}
          >
            Accept
          </Button>
          <Button
            size="sm"
            aria-label={`Dismiss ${name}`}
            disabledReason={denied}
            onClick={() => onDecide(objective, "dismissed")}
          >
            Dismiss
          </Button>
        </>
      )}
      <Button size="sm" aria-label={`Edit ${name}`} disabledReason={denied} onClick={() => onEdit(objective)}>
        Edit
      </Button>
      {status !== "proposed" && (
        <Button size="sm" aria-label={`Remove ${name}`} disabledReason={denied} onClick={() => onRemove(objective)}>
          Remove
        </Button>
      )}
    </div>
  );
}
