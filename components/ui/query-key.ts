import type { QueryKey } from "@tanstack/react-query";

/** What a cached answer looks like: as the API sent it, as the pages that were loaded so far, or as all items of a list. */
type Shape = "read" | "pages" | "items";

/** The first word of a signature's path, such as "cutovers". */
export const resourceOf = (signature: string): string => signature.split("/")[1] ?? "";

/** The start of every key of a resource: invalidating it refreshes all its lists and details, whatever their filters. */
export const resourceKey = (resource: string): QueryKey => [resource];

const keyOf = (shape: Shape, signature: string, input: unknown): QueryKey => [
  ...resourceKey(resourceOf(signature)),
  shape,
  signature,
  input,
];

/** The cache key of one call's answer. */
export const readKey = (signature: string, input: unknown): QueryKey => keyOf("read", signature, input);

/** The cache key of a list that is read page by page. It differs from `readKey` of the same call: so does the data. */
export const pagesKey = (signature: string, input: unknown): QueryKey => keyOf("pages", signature, input);

/** The cache key of all items of a list. */
export const itemsKey = (signature: string, input: unknown): QueryKey => keyOf("items", signature, input);
