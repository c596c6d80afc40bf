import { describe, expect, it } from "vitest";
import { createSecrets } from "./secrets.ts";

const secrets = createSecrets("ab".repeat(32));

describe("sealed values", () => {
  it("open where they were sealed, and look different each time", () => {
    const sealed = secrets.seal("node-key", "Node.sealedKey:node_1");
    expect(secrets.open(sealed, "Node.sealedKey:node_1")).toBe("node-key");
    expect(secrets.seal("node-key", "Node.sealedKey:node_1")).not.toBe(sealed);
    expect(sealed).not.toContain("node-key");
  });

  it("do not open in another row, when altered, or with another key", () => {
    const sealed = secrets.seal("node-key", "Node.sealedKey:node_1");
    expect(() => secrets.open(sealed, "Node.sealedKey:node_2")).toThrow();
    expect(() => secrets.open(`${sealed.slice(0, -2)}AA`, "Node.sealedKey:node_1")).toThrow();
    expect(() => createSecrets("cd".repeat(32)).open(sealed, "Node.sealedKey:node_1")).toThrow(/another SECRETS_KEY/);
  });
});
