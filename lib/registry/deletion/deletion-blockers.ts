import type { DeletionBlocker } from "../browser/deletion-schema.ts";
import type { VersionAlias, VersionState } from "../schema.ts";
import { FILES_HOLDER } from "../versions/version-status.ts";

/** What has to be typed before a version is deleted. */
export const typedNameOf = (version: { tenantSlug: string; adapterSlug: string; number: number }): string =>
  `${version.tenantSlug}/${version.adapterSlug} v${version.number}`;

export type DeletionFacts = {
  id: string;
  adapterId: string;
  state: VersionState;
  aliases: readonly VersionAlias[];
  retentions: readonly { holder: string; reason: string }[];
};

/** Everything that stands against deleting a version, each with what to do about it; [] = it may go. */
export function deletionBlockers(version: DeletionFacts): DeletionBlocker[] {
  const page = `/adapters/${version.adapterId}/versions/${version.id}`;
  return [
    ...stateBlockers(version.state),
    ...version.aliases.flatMap((alias) => aliasBlockers(alias, version.adapterId)),
    ...version.retentions
      .filter(({ holder }) => !isAlias(holder, version.aliases))
      .map(({ holder, reason }) => ({
        code: "version_in_use",
        message: reason,
        ...wayOut(holder, page),
      })),
  ];
}

/** What routes to it also retains it; once is enough. */
const isAlias = (holder: string, aliases: readonly VersionAlias[]): boolean =>
  (holder.startsWith("route:") && aliases.includes("live")) ||
  (holder.startsWith("previous:") && aliases.includes("previous"));

function stateBlockers(state: VersionState): DeletionBlocker[] {
  const blocker = (code: string, message: string, fix: string) => [{ code, message, fix, href: null }];
  switch (state) {
    case "draft":
    case "rejected":
    case "quarantined":
    case "retired":
      return [];
    case "ready":
      return blocker("version_not_retired", "The version is ready to be used.", "Retire it first.");
    case "checking":
      return blocker("check_in_progress", "The version is being checked.", "Wait for the result.");
    case "deleted":
      return blocker("already_deleted", "The version is deleted already.", "Nothing needs doing.");
  }
}

function aliasBlockers(alias: VersionAlias, adapterId: string): DeletionBlocker[] {
  const href = `/adapters/${adapterId}`;
  switch (alias) {
    case "live":
      return [
        {
          code: "version_live",
          message: "Requests are routed to it.",
          fix: "Cut over to another version first.",
          href,
        },
      ];
    case "previous":
      return [
        {
          code: "version_previous",
          message: "It was live before: a rollback would return to it.",
          fix: "It is released when the next version goes live.",
          href,
        },
      ];
    case "candidate":
      return []; // its cutover, or its share of the traffic, retains it and says so
  }
}

/** Where whoever holds it can be made to let go. */
function wayOut(holder: string, page: string): { fix: string; href: string | null } {
  const [kind = "", id = ""] = holder.split(":", 2);
  switch (kind) {
    case "run":
      return { fix: "Wait until the evaluation has ended, or cancel it.", href: `/evals/runs/${id}` };
    case "cutover":
      return { fix: "Wait until the cutover has ended, or abort it.", href: `/cutovers/${id}` };
    case "route":
      return { fix: "Cut over to another version first.", href: `/adapters/${id}` };
    case "previous":
      return { fix: "It is released when the next version goes live.", href: `/adapters/${id}` };
    case "candidate":
      return { fix: "Set its share of the traffic to 0.", href: `/adapters/${id}` };
    case "mirror":
      return { fix: "Set its share of copied requests to 0.", href: `/adapters/${id}` };
    case "placement":
    case "stage":
      return {
        fix: "Unstage it, and wait until every node has unloaded it. A node that stays unreachable can be removed.",
        href: `${page}/placements`,
      };
    case FILES_HOLDER:
      return { fix: "Wait: at most half an hour, or until the node restarts.", href: `${page}/placements` };
    default:
      return { fix: "Wait until it is released.", href: null };
  }
}
