import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressGroup, clientAddress, findBadNetwork, normaliseAddress, trustedProxies } from "./client-address.ts";

const nobody = trustedProxies("");
const proxies = trustedProxies("10.0.0.0/8, 192.0.2.7 fd00::/8");

describe("clientAddress", () => {
  it("is the socket's address when no proxy is trusted, whatever the client says", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string())), (peer, claimed) => {
        expect(clientAddress(peer, claimed.join(","), nobody)).toBe(peer);
      }),
    );
  });

  it("behind trusted proxies, does not depend on what the client wrote before the proxies' own entries", () => {
    const stranger = fc.ipV4().filter((address) => !proxies.has(address));
    const proxy = fc.constantFrom("10.1.2.3", "10.255.0.1", "192.0.2.7", "fd00::1");
    fc.assert(
      fc.property(stranger, fc.array(proxy), proxy, fc.array(fc.string()), (client, hops, peer, forged) => {
        expect(clientAddress(peer, [...forged, client, ...hops].join(","), proxies)).toBe(client);
      }),
    );
  });

  it.each([
    ["::ffff:198.51.100.4", "", "198.51.100.4"],
    ["::ffff:10.0.0.1", "198.51.100.4", "198.51.100.4"],
    ["10.0.0.1", "198.51.100.4:51234", "198.51.100.4"],
    ["10.0.0.1", "[2001:DB8::1]:443", "2001:db8::1"],
    ["10.0.0.1", "not an address", "10.0.0.1"],
    ["10.0.0.1", "", "10.0.0.1"],
    ["10.0.0.1", "10.9.9.9", "10.9.9.9"],
  ])("peer %s with X-Forwarded-For %j is %s", (peer, forwarded, address) => {
    expect(clientAddress(peer, forwarded, proxies)).toBe(address);
  });

  it("is unknown once the connection is gone", () => {
    expect(clientAddress(undefined, "198.51.100.4", proxies)).toBe("unknown");
  });
});

describe("trustedProxies", () => {
  it("trusts nobody by default", () => {
    for (const address of ["127.0.0.1", "::1", "10.0.0.1"]) expect(nobody.has(address)).toBe(false);
  });
  it.each(["10.0.0.0/33", "10.0.0", "fd00::/129", "proxy.example.com", "10.0.0.0/8/8", "10.0.0.0/-1", "fe80::1%eth0"])(
    "refuses %s",
    (text) => {
      expect(findBadNetwork(`10.0.0.0/8,${text}`)).toBe(text);
      expect(() => trustedProxies(text)).toThrow(text);
    },
  );
  it("accepts single addresses, and a list with any separators", () => {
    expect(findBadNetwork(" 10.0.0.1,\n fd00::/8 ,0.0.0.0/0")).toBeNull();
  });
});

describe("addressGroup", () => {
  it.each([
    ["198.51.100.4", "198.51.100.4"],
    ["unknown", "unknown"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::9", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
  ])("%s counts as %s", (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });
  it("normalises to one spelling", () => {
    expect(normaliseAddress(" [2001:DB8::1] ")).toBe("2001:db8::1");
    expect(normaliseAddress("1.2.3.4.5")).toBeNull();
  });
});
