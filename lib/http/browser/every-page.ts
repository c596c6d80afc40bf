import type { Page, PageQuery } from "../schema.ts";

const PAGE = 200;

/** All items of a list that is served in pages, in its order. For decisions: a list that is cut there is a wrong answer. */
export async function readEveryPage<Item>(read: (query: PageQuery) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}
