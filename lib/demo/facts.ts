import type { CallOutput, Client, Signature } from "#lib/api/client.ts";

type ItemsOf<S extends Signature> = CallOutput<S> extends { items: (infer Item)[] } ? Item : never;
export type Tenant = ItemsOf<"GET /tenants">;
export type Adapter = ItemsOf<"GET /adapters">;
export type Version = ItemsOf<"GET /versions">;
export type Suite = ItemsOf<"GET /suites">;
export type Run = ItemsOf<"GET /runs">;
export type Cutover = ItemsOf<"GET /cutovers">;

/** What the catalog holds, as far as the seed looks. */
export type Facts = {
  tenants: readonly Tenant[];
  adapters: readonly Adapter[];
  versions: readonly Version[];
  suites: readonly Suite[];
  runs: readonly Run[];
  cutovers: readonly Cutover[];
  /** The header in which a trusted caller names the tenant. */
  tenantHeader: string;
};

const PAGE = 200;

/** Every page of a list. */
async function readAll<Item>(
  page: (cursor: string | undefined) => Promise<{ items: Item[]; nextCursor: string | null }>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const next = await page(cursor);
    items.push(...next.items);
    cursor = next.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

/** Every prompt of a suite with its right answer. */
export const readPrompts = (client: Client, suiteId: string, signal: AbortSignal) =>
  readAll((cursor) =>
    client.call("GET /suites/{suiteId}/cases", { params: { suiteId }, query: { limit: PAGE, cursor }, signal }),
  );

/** Reads the catalog through the API. */
export async function readFacts(client: Client, signal: AbortSignal): Promise<Facts> {
  const query = (cursor: string | undefined) => ({ query: { limit: PAGE, cursor }, signal });
  const [tenants, adapters, versions, suites, runs, cutovers, { tenantHeader }] = await Promise.all([
    readAll((cursor) => client.call("GET /tenants", query(cursor))),
    readAll((cursor) => client.call("GET /adapters", query(cursor))),
    readAll((cursor) => client.call("GET /versions", query(cursor))),
    readAll((cursor) => client.call("GET /suites", query(cursor))),
    readAll((cursor) => client.call("GET /runs", query(cursor))),
    readAll((cursor) => client.call("GET /cutovers", query(cursor))),
    client.call("GET /settings", { signal }),
  ]);
  return { tenants, adapters, versions, suites, runs, cutovers, tenantHeader };
}
