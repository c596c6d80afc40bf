type Foldable = { id: string; causeId: string | null };

/** An alert that stands for itself, with those that came from it. */
export type FoldedAlert<One extends Foldable> = { alert: One; related: One[] };

/**
 * Alerts below the one they came from, in the order of the list. One whose cause is not in the list (another page, another
 * filter) stands for itself.
 */
export function foldAlerts<One extends Foldable>(alerts: readonly One[]): FoldedAlert<One>[] {
  const ids = new Set(alerts.map(({ id }) => id));
  const isRoot = ({ causeId }: One) => causeId === null || !ids.has(causeId);
  return alerts
    .filter(isRoot)
    .map((alert) => ({ alert, related: alerts.filter((one) => !isRoot(one) && one.causeId === alert.id) }));
}

type Titled = { title: string; subject: { type: string; name: string } };

/** "Eviction thrash: a100-1"; of the gateways the title says it all. */
export const alertName = ({ title, subject }: Titled): string =>
  subject.type === "gateway" ? title : `${title}: ${subject.name}`;

/** "Part of it: Swaps from disk: a100-1; On fallback: acme." */
export const relatedText = (related: readonly Titled[]): string => `Part of it: ${related.map(alertName).join("; ")}.`;
