import { expect, it } from "vitest";
import { readEveryPage } from "./every-page.ts";

it.each([0, 1, 199, 200, 201, 1_000])("reads all of %i items, in their order", async (count) => {
  const all = Array.from({ length: count }, (_, at) => at);
  const read = await readEveryPage(async ({ limit, cursor }) => {
    const from = Number(cursor ?? 0);
    const next = from + limit;
    return { items: all.slice(from, next), nextCursor: next < count ? String(next) : null };
  });
  expect(read).toEqual(all);
});
