export type Labels = Readonly<Record<string, string>>;
export type Series = { readonly name: string; readonly labels: Labels };
export type Sample = Series & { readonly value: number };
export type Exposition = {
  readonly samples: readonly Sample[];
  /** Names with a TYPE line: exported, even while they have no sample yet. An OpenMetrics counter counts with `_total`. */
  readonly declared: ReadonlySet<string>;
};

/** `classic`: Prometheus text 0.0.4. `openmetrics`: OpenMetrics text 1.0, which says where it ends. */
export type ExpositionFormat = "classic" | "openmetrics";

export type ExpositionLimits = { maxSamples: number; maxLineLength: number; maxLabels: number };
/** A node of eight engines sends about 3,000 samples; one that has seen 10^5 label sets is refused, not half read. */
export const DEFAULT_LIMITS: ExpositionLimits = { maxSamples: 50_000, maxLineLength: 65_536, maxLabels: 64 };

/** The only thing that reading a document throws. */
export class ExpositionError extends Error {
  /** 1-based. */
  readonly line: number;
  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`);
    this.name = "ExpositionError";
    this.line = line;
  }
}

/** What is asked of a node, best first: a document that says where it ends cannot be taken for whole when it is not. */
export const ACCEPTED_FORMATS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";

/**
 * The format that a reply's Content-Type names; without one the classic format is meant.
 * @returns null for anything else, such as a web page
 */
export function formatOf(contentType: string | undefined): ExpositionFormat | null {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type === "application/openmetrics-text") return "openmetrics";
  return type === "" || type === "text/plain" ? "classic" : null;
}
