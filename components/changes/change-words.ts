import type { Change, ChangeGroup } from "#lib/journey/browser/changes-schema.ts";

/** From the words, not from the schema: the schema would bring its validator into the page. */
const GROUP_WORDS: Record<ChangeGroup, string> = {
  fleet: "Fleet: nodes and loads",
  release: "Gates and cutovers",
  control: "Manual overrides",
  alert: "Alerts and incidents",
  catalog: "Tenants and versions",
  access: "People and keys",
  settings: "Settings",
};
export const GROUPS = Object.keys(GROUP_WORDS) as ChangeGroup[];
export const GROUP_OPTIONS = GROUPS.map((group) => ({ value: group, label: GROUP_WORDS[group] }));

/** Where the object of a change has its page; null = it has none. */
export function changeHref({ objectId, tenantId }: Pick<Change, "objectId" | "tenantId">): string | null {
  const [prefix] = (objectId ?? "").split("_");
  switch (prefix) {
    case "node":
      return `/nodes/${objectId}`;
    case "pool":
      return `/pools/${objectId}`;
    case "ten":
      return `/tenants/${objectId}`;
    case "adp":
      return `/adapters/${objectId}`;
    case "cut":
      return `/cutovers/${objectId}`;
    case "run":
      return `/evals/runs/${objectId}`;
    case "alr":
      return `/alerts/${objectId}`;
    case "ver":
      return `/versions/${objectId}`;
    case "bat":
      return `/cutovers/batches/${objectId}`;
    case "inc":
      return `/incidents/${objectId}`;
    case "job":
      return `/jobs/${objectId}`;
    default:
      return tenantId === null ? null : `/tenants/${tenantId}`;
  }
}

/** How many fields a row tells before it says how many more. */
const SHOWN = 2;

/** "requestsPerMinute: none → 90". */
export const diffWords = (diff: Change["diff"]): string =>
  diff
    .slice(0, SHOWN)
    .map(({ field, before, after }) => `${field}: ${before ?? "none"} → ${after ?? "none"}`)
    .join(", ");

/** What opens the whole of it; also what is told may have been cut. */
export const moreWords = (diff: Change["diff"]): string =>
  diff.length > SHOWN ? `${diff.length - SHOWN} more` : "Details";
