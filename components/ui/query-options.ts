import type { CallInput, CallOutput, Client, Signature } from "#lib/api/client.ts";
import { pagesKey, readKey } from "./query-key.ts";

type GetSignature = Extract<Signature, `GET ${string}`>;
/** A question that changes nothing; what is asked does not fit into a query. */
type AskSignature = "POST /consequences" | "POST /suites/{suiteId}/cases/check" | "POST /cutover-batches/preview";
export type ReadSignature = GetSignature | AskSignature;
export type ListSignature = {
  [S in GetSignature]: CallOutput<S> extends { nextCursor: string | null } ? S : never;
}[GetSignature];

/** Key and fetcher of one call's answer, the same for a page's server part and for its components. */
export const readOptions = <S extends ReadSignature>(client: Client, signature: S, input: CallInput<S>) => ({
  queryKey: readKey(signature, input),
  queryFn: ({ signal }: { signal: AbortSignal }) => client.call(signature, { ...input, signal }),
});

/** The same of a list that is read page by page. */
export const pagesOptions = <S extends ListSignature>(client: Client, signature: S, input: CallInput<S>) => ({
  queryKey: pagesKey(signature, input),
  queryFn: ({ signal, pageParam }: { signal: AbortSignal; pageParam: string | null }) => {
    const asked = input as { query?: object };
    const page = { ...asked, query: { ...asked.query, ...(pageParam ? { cursor: pageParam } : {}) }, signal };
    return client.call(signature, page as unknown as CallInput<S>);
  },
  initialPageParam: null as string | null,
  getNextPageParam: (last: CallOutput<S>) => (last as { nextCursor: string | null }).nextCursor,
});
