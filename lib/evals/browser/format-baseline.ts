import type { Run } from "../schema.ts";

type Measured = Pick<Run, "baselineKind" | "baselineNumber" | "baselineOrigin" | "candidateNumber">;

const hostOf = (baseUrl: string): string => (URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl);

/**
 * What a run is measured against, in words that follow "against".
 * @param reader customers read of their own deployment, and nothing of nodes
 */
export function formatBaseline(run: Measured, reader: "staff" | "customer"): string {
  const { baselineKind, baselineNumber, baselineOrigin, candidateNumber } = run;
  const isStaff = reader === "staff";
  switch (baselineKind) {
    case "live":
      return isStaff ? `v${baselineNumber ?? "?"}, live` : `version ${baselineNumber ?? "?"}, which answered you then`;
    case "origin": {
      const where = baselineOrigin
        ? ` at ${hostOf(baselineOrigin.baseUrl)}, model ${baselineOrigin.model}`
        : ", which is no longer on record";
      return `${isStaff ? "the customer's" : "your"} current deployment${where}`;
    }
    case "standalone":
      return isStaff ? `v${candidateNumber} itself, alone on the standalone node` : "itself, on a machine of its own";
    case "itself":
      return isStaff ? `v${candidateNumber} itself, which shows drift only` : "itself, which decides nothing";
    case "base":
      return isStaff ? "the base model, which never gates" : "the standard model, which decides nothing";
  }
}

/** The same for a table's cell. */
export function nameBaseline({ baselineKind, baselineNumber, baselineOrigin }: Measured): string {
  switch (baselineKind) {
    case "live":
      return `v${baselineNumber ?? "?"}, live`;
    case "origin":
      return baselineOrigin ? hostOf(baselineOrigin.baseUrl) : "current deployment";
    case "standalone":
      return "itself alone";
    case "itself":
      return "itself, drift only";
    case "base":
      return "base model";
  }
}
