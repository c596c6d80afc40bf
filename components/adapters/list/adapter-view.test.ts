import { describe, expect, it } from "vitest";
import { filterOf, isFiltered, NO_FILTER, SORT_COLUMNS, sortOf, tableSort } from "./adapter-view.ts";

const view = { ...NO_FILTER, sort: null };

describe("the view of the list of adapters", () => {
  it("asks for nothing by default", () => {
    expect(filterOf(view)).toEqual({});
    expect(isFiltered(view)).toBe(false);
  });

  it("names each filter as the API does", () => {
    const narrowed = { ...view, q: "acme", tenant: "ten_1", pool: "pool_1", status: "rejected", rank: 8 } as const;
    expect(filterOf(narrowed)).toEqual({ q: "acme", tenantId: "ten_1", poolId: "pool_1", status: "rejected", rank: 8 });
    expect(isFiltered({ ...view, rank: 8 })).toBe(true);
  });

  it("keeps an order from the URL to the table and back", () => {
    for (const column of SORT_COLUMNS)
      for (const sort of [column, `-${column}`] as const) {
        const inTable = tableSort(sort);
        expect(inTable && sortOf(inTable)).toBe(sort);
      }
    expect(sortOf({ id: "pool", direction: "asc" })).toBeNull();
    expect(tableSort(null)).toBeNull();
  });
});
