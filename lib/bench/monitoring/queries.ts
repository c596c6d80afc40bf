/** What a dashboard asks Prometheus for, and of whom. */
export type PanelQuery = { panel: string; expression: string };
/** A variable of a dashboard that Prometheus fills: all values of a label. */
export type LabelVariable = { name: string; metric: string; label: string };
export type Dashboard = { queries: PanelQuery[]; variables: LabelVariable[] };

type Panel = { title?: string; targets?: { expr?: string }[]; panels?: Panel[] };
type DashboardFile = {
  panels: Panel[];
  templating?: { list?: { name: string; type: string; query: string | { query: string } }[] };
};

/** Every query of a Grafana dashboard, also of panels in folded rows. */
export function readDashboard(json: string): Dashboard {
  const file = JSON.parse(json) as DashboardFile;
  const ofPanel = (panel: Panel): PanelQuery[] => [
    ...(panel.targets ?? []).flatMap(({ expr }) => (expr ? { panel: panel.title ?? "", expression: expr } : [])),
    ...(panel.panels ?? []).flatMap(ofPanel),
  ];
  const variables = (file.templating?.list ?? []).flatMap(({ name, type, query }): LabelVariable[] => {
    if (type !== "query") return [];
    const text = typeof query === "string" ? query : query.query;
    const [, metric, label] = /^label_values\((.+), *(\w+)\)$/.exec(text) ?? [];
    if (metric === undefined || label === undefined) throw new Error(`"${text}" is no list of a label's values`);
    return [{ name, metric, label }];
  });
  return { queries: file.panels.flatMap(ofPanel), variables };
}

/**
 * An expression as Grafana would send it: several values of a variable become one pattern.
 * @throws Error when a variable is left that nobody gave a value
 */
export function fillVariables(
  expression: string,
  values: ReadonlyMap<string, readonly string[]>,
  rateSeconds: number,
): string {
  const filled = [...values].reduce(
    (text, [name, all]) => text.replaceAll(`$${name}`, patternOf(all)),
    expression.replaceAll("$__rate_interval", `${rateSeconds}s`),
  );
  const left = /\$\{?\w+/.exec(filled);
  if (left) throw new Error(`${left[0]} has no value in "${expression}"`);
  return filled;
}

/** Escaped twice: once for the pattern, once for the string that it stands in. */
const patternOf = (values: readonly string[]): string =>
  `(${values.map((value) => value.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\\\$&")).join("|")})`;

/** Series that an expression reads: each metric with what it asks of the labels. */
export const selectorsOf = (expression: string): string[] => [
  ...new Set(expression.match(/(?:\b(?:switchyard|vllm:)[a-z0-9_:]+|\bup\b)(?:\{[^}]*\})?/g) ?? []),
];

/** How many rules of a file Prometheus should tell of. */
export const countRules = (yaml: string): number => (yaml.match(/^\s*- (?:alert|record):/gm) ?? []).length;
