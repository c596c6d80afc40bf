import { BlockList, isIP } from "node:net";

/** The header in which the web process's front passes the client's address on. It removes whatever a client sent by that name. */
export const CLIENT_ADDRESS_HEADER = "x-switchyard-client-address";

/** Whether a peer's forwarding headers count. */
export type TrustedProxies = { has(address: string): boolean };

const family = (address: string) => (isIP(address) === 6 ? "ipv6" : "ipv4");

/** Splits "10.0.0.0/8" into its parts; null = not an address or a network. */
function parseNetwork(text: string): { address: string; prefix: number } | null {
  const [address = "", length, ...rest] = text.split("/");
  const bits = isIP(address) === 6 ? 128 : 32;
  if (isIP(address) === 0 || address.includes("%") || rest.length > 0) return null;
  if (length === undefined) return { address, prefix: bits };
  return /^\d{1,3}$/.test(length) && Number(length) <= bits ? { address, prefix: Number(length) } : null;
}

const networksOf = (text: string): string[] => text.split(/[\s,]+/).filter((part) => part !== "");

/** The first part of a list that is neither an address nor a CIDR; null = the list is valid. */
export const findBadNetwork = (text: string): string | null =>
  networksOf(text).find((part) => parseNetwork(part) === null) ?? null;

/** @param text addresses and CIDRs, separated by commas or spaces; empty = nobody is trusted */
export function trustedProxies(text: string): TrustedProxies {
  const list = new BlockList();
  for (const part of networksOf(text)) {
    const network = parseNetwork(part);
    if (network === null) throw new Error(`${part} is neither an address nor a CIDR`);
    list.addSubnet(network.address, network.prefix, family(network.address));
  }
  return { has: (address) => list.check(address, family(address)) };
}

/** One spelling per address: no port, no brackets, no zone, IPv4 as IPv4; null = not an address. */
export function normaliseAddress(text: string): string | null {
  const bare = text.trim().replace(/^"(.*)"$/, "$1");
  const host = /^\[([^\]]*)\](?::\d+)?$/.exec(bare)?.[1] ?? /^([\d.]+):\d+$/.exec(bare)?.[1] ?? bare;
  const address = host.split("%")[0]?.toLowerCase() ?? "";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1] ?? address;
  return isIP(mapped) === 0 ? null : mapped;
}

/**
 * The client's address: the peer of the connection, or, behind trusted proxies, the last address in X-Forwarded-For that
 * is not one of theirs. What lies further left was written by the client and counts for nothing.
 * @param peer the socket's remote address; undefined once the connection is gone
 */
export function clientAddress(peer: string | undefined, forwardedFor: string, trusted: TrustedProxies): string {
  let client = normaliseAddress(peer ?? "");
  if (client === null) return "unknown";
  for (const hop of forwardedFor.split(",").toReversed()) {
    if (!trusted.has(client)) return client;
    const before = normaliseAddress(hop);
    if (before === null) return client;
    client = before;
  }
  return client;
}

/** What a limit counts by: one IPv4 address, or the /64 that an IPv6 subscriber can choose from freely. */
export function addressGroup(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("::");
  const groups = (part: string) => part.split(":").filter((group) => group !== "");
  const [before, after] = [groups(head), groups(tail ?? "")];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const all = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
