import { type LookupAddress, type LookupOptions, lookup } from "node:dns";

/** Link-local addresses hold cloud metadata services; nothing of ours ever lives there. */
const FORBIDDEN_HOSTS =
  /^(169\.254\.|\[?fe80:|\[?::ffff:(a9fe|169\.254)|metadata\.google\.internal$|0\.0\.0\.0$|\[::\]$)/i;

/** Is it named right in a URL? A name that only leads there is caught by the lookup. */
export const isForbiddenHost = (hostname: string): boolean => FORBIDDEN_HOSTS.test(hostname);

export type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  found: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;
type Found = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** A name may lead to what its text does not show, and to something else each time: what counts is what is dialled. */
export const lookupAllowed = (resolve: Resolve) => (hostname: string, options: LookupOptions, found: Found) =>
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const forbidden = addresses?.find(({ address }) => isForbiddenHost(address));
    if (error) return found(error, []);
    if (forbidden) return found(new Error(`${hostname} leads to an address that is never connected to`), []);
    const [first] = addresses;
    if (options.all || first === undefined) return found(null, addresses);
    found(null, first.address, first.family);
  });

/** For whoever dials by itself: the same judgement of what a name leads to. */
export const guardedLookup = lookupAllowed(lookup);
