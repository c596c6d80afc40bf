import { describe, expect, it } from "vitest";
import { readEnv } from "./env.ts";

describe("TRUSTED_PROXIES", () => {
  it("trusts nobody unless it is set", () => {
    expect(readEnv({ NODE_ENV: "test" }).TRUSTED_PROXIES).toBe("");
    expect(readEnv({ NODE_ENV: "test", TRUSTED_PROXIES: "10.0.0.0/8,::1" }).TRUSTED_PROXIES).toBe("10.0.0.0/8,::1");
  });

  it("a value that is no list of networks stops the start, naming the setting and the rule", () => {
    expect(() => readEnv({ NODE_ENV: "test", TRUSTED_PROXIES: "load-balancer" })).toThrow(
      /TRUSTED_PROXIES: must be addresses and CIDRs/,
    );
  });
});
