import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import type { CallInput } from "#lib/api/client.ts";
import type { VersionStatus } from "#lib/registry/schema.ts";
import { STATUS } from "../../ui/status-words.ts";
import type { Sort } from "../../ui/table-parts.tsx";

/** From the words, not from the schema: the schema would bring its validator into the page. */
export const VERSION_STATUSES = Object.keys(STATUS.version) as VersionStatus[];

/** Columns the server can order by, in its own words. */
export const SORT_COLUMNS = ["name", "tenant", "rank", "size", "live_since", "updated"] as const;
type SortColumn = (typeof SORT_COLUMNS)[number];
export type AdapterSort = SortColumn | `-${SortColumn}`;
const SORTS = SORT_COLUMNS.flatMap((column): AdapterSort[] => [column, `-${column}`]);

const PARSERS = {
  q: parseAsString.withDefault("").withOptions({ throttleMs: 300 }),
  tenant: parseAsString.withDefault(""),
  pool: parseAsString.withDefault(""),
  status: parseAsStringLiteral(VERSION_STATUSES),
  rank: parseAsInteger,
  sort: parseAsStringLiteral(SORTS),
};

/** What the list is narrowed to and ordered by; all of it is in the URL, and nothing where it is the default. */
export const useAdapterView = () => useQueryStates(PARSERS);
export type AdapterView = ReturnType<typeof useAdapterView>[0];

export const NO_FILTER = { q: "", tenant: "", pool: "", status: null, rank: null } as const;

export const isFiltered = ({ q, tenant, pool, status, rank }: AdapterView): boolean =>
  q !== "" || tenant !== "" || pool !== "" || status !== null || rank !== null;

/** The filter as the API takes it, for the list and for an action on everything it matches. */
export type AdapterFilter = Omit<NonNullable<CallInput<"GET /adapters">["query"]>, "sort" | "limit" | "cursor">;

export const filterOf = ({ q, tenant, pool, status, rank }: AdapterView): AdapterFilter => ({
  ...(q === "" ? {} : { q }),
  ...(tenant === "" ? {} : { tenantId: tenant }),
  ...(pool === "" ? {} : { poolId: pool }),
  ...(status === null ? {} : { status }),
  ...(rank === null ? {} : { rank }),
});

/** "-size" is the size column, largest first. */
export const tableSort = (sort: AdapterSort | null): Sort | null =>
  sort === null ? null : { id: sort.replace(/^-/, ""), direction: sort.startsWith("-") ? "desc" : "asc" };

export const sortOf = ({ id, direction }: Sort): AdapterSort | null => {
  const column = SORT_COLUMNS.find((each) => each === id);
  if (column === undefined) return null;
  return direction === "desc" ? `-${column}` : column;
};
