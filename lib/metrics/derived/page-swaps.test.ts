import fc from "fast-check";
import { expect, it } from "vitest";
import { newId } from "#lib/platform/ids.ts";
import { pageSwaps } from "./page-swaps.ts";

const nodeId = newId("node");
type Item = { atMs: number; n: number };

it("tells each once from page to page, newest first, also where many share a moment and others come meanwhile", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      (moments, limit) => {
        const items: Item[] = [...moments].sort((a, b) => a - b).map((atMs, n) => ({ atMs, n }));
        const told: Item[] = [];
        let cursor: string | undefined;
        for (let page = 0; ; page += 1) {
          const come = Array.from({ length: page }, (_, n) => ({ atMs: 100 + n, n: 1000 + n }));
          const read = pageSwaps([...items, ...(page === 0 ? [] : come)], { nodeId, limit, cursor });
          told.push(...read.items);
          if (read.nextCursor === null) break;
          expect(read.items).toHaveLength(limit);
          cursor = read.nextCursor;
        }
        expect(told).toEqual(items.toReversed());
      },
    ),
  );
});

it("takes no cursor of another node", () => {
  const items = [1, 2, 3].map((atMs) => ({ atMs }));
  const { nextCursor } = pageSwaps(items, { nodeId, limit: 1 });
  expect(() => pageSwaps(items, { nodeId: newId("node"), limit: 1, cursor: nextCursor ?? "" })).toThrow(/another list/);
});
