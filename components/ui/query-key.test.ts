import { hashKey, InfiniteQueryObserver, QueryClient, QueryObserver } from "@tanstack/react-query";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { itemsKey, pagesKey, readKey, resourceKey, resourceOf } from "./query-key.ts";

const signature = fc.constantFrom("GET /nodes", "GET /pools", "GET /tenants/{tenantId}", "POST /consequences");
const input = fc.record(
  {
    params: fc.dictionary(fc.string(), fc.string()),
    query: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.constant(undefined))),
  },
  { requiredKeys: [] },
);

describe("query keys", () => {
  it("never give a single read, a list read page by page and all of its items the same key", () => {
    fc.assert(
      fc.property(signature, input, signature, input, (one, asked, other, askedToo) => {
        expect(hashKey(readKey(one, asked))).not.toBe(hashKey(pagesKey(one, asked)));
        expect(hashKey(readKey(one, asked))).not.toBe(hashKey(pagesKey(other, askedToo)));
        const all = hashKey(itemsKey(other, askedToo));
        expect([hashKey(readKey(one, asked)), hashKey(pagesKey(one, asked))]).not.toContain(all);
      }),
    );
  });

  it("keep what a table has read out of a filter that reads the same list", async () => {
    const client = new QueryClient();
    const answer = { items: [{ id: "node_1" }], nextCursor: null };
    const table = new InfiniteQueryObserver(client, {
      queryKey: pagesKey("GET /nodes", {}),
      queryFn: async () => answer,
      initialPageParam: null,
      getNextPageParam: (last) => last.nextCursor,
    });
    await table.refetch();
    const filter = new QueryObserver(client, { queryKey: readKey("GET /nodes", {}), queryFn: async () => answer });
    expect(filter.getCurrentResult().data).toBeUndefined();
    expect((await filter.refetch()).data).toEqual(answer);
    expect(table.getCurrentResult().data?.pages).toEqual([answer]);
  });

  it("are found by their resource, both kinds", async () => {
    const client = new QueryClient();
    client.setQueryData(readKey("GET /nodes/{nodeId}", { params: { nodeId: "node_1" } }), {});
    client.setQueryData(pagesKey("GET /nodes", {}), { pages: [], pageParams: [] });
    client.setQueryData(readKey("GET /pools", {}), {});
    await client.invalidateQueries({ queryKey: resourceKey(resourceOf("POST /nodes/{nodeId}/drain")) });
    const stale = client.getQueryCache().findAll({ stale: true, predicate: ({ state }) => state.isInvalidated });
    expect(stale).toHaveLength(2);
  });
});
