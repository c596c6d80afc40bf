import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { asCurl, asPython, type TrySample } from "./snippets.ts";

const SAMPLE: TrySample = {
  model: "support",
  prompt: `Where's "my" order? $HOME \\ ok`,
  tools: [{ type: "function", function: { name: "find", strict: true, parameters: null } }],
  maxTokens: 64,
  stream: true,
};
const BODY = {
  model: "support",
  messages: [{ role: "user", content: SAMPLE.prompt }],
  tools: SAMPLE.tools,
  max_tokens: 64,
  stream: true,
};

describe("the request as a command", () => {
  it("reaches curl as it stands in the form, whatever the prompt holds", () => {
    const command = asCurl("http://gw:8080", SAMPLE).replace("curl", 'printf "%s\\n"');
    const { stdout } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
    expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).toEqual(BODY);
    expect(stdout).toContain("http://gw:8080/v1/chat/completions");
  });

  it("names the default model where none was chosen", () => {
    expect(asCurl("http://gw", { ...SAMPLE, model: null })).toContain('"model":"default"');
  });
});

describe("the request in Python", () => {
  it("writes Python's own words, and reads a stream as one", () => {
    const code = asPython("http://gw:8080", SAMPLE);
    expect(code).toContain('"strict": True, "parameters": None');
    expect(code).toContain('base_url="http://gw:8080/v1"');
    expect(code).toContain("for chunk in reply:");
    expect(asPython("http://gw", { ...SAMPLE, stream: false })).toContain("print(reply.choices[0].message)");
  });
});
