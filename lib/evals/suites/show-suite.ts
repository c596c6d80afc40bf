import type { Suite, SuiteCase } from "../browser/suite-schema.ts";
import { defaultPolicy } from "../gate-policy.ts";
import type { StoredCase } from "../stored-sample.ts";
import { clopperPearsonUpper } from "../verdict/statistics.ts";
import { summarise } from "../verdict/summarise.ts";
import type { SuiteRow } from "./suite-store.ts";

/** A suite as the API shows it, with what a run of it can prove at best. */
export function toSuite({ createdBy: _by, createdAt, ...row }: SuiteRow): Suite {
  return {
    ...row,
    isLargeEnough: row.caseCount >= defaultPolicy.promptsMin,
    claim: summarise({ n: row.caseCount, U95: clopperPearsonUpper(0, row.caseCount) }),
    createdAt: createdAt.toISOString(),
  };
}

/** A prompt as the API shows it. */
export function showCase({ caseId, id: key, matchers: _ofSuite, ...stored }: StoredCase): SuiteCase {
  return {
    ...stored,
    id: caseId,
    key,
    holdOut: stored.holdOut ?? false,
    tags: stored.tags ?? [],
    template: stored.template ?? null,
    expected: { ...stored.expected, alternatives: stored.expected.alternatives ?? [] },
  };
}
