import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { silentLog } from "#lib/platform/log.ts";
import { startTestNode, TRAINED, writeFiles } from "../testing/node-fixture.ts";
import { promptHash } from "./prompt-hash.ts";
import { watchScenario } from "./scenario-file.ts";

const MESSAGES = [{ role: "user", content: "Refund order A1042" }];
const TOOLS = [{ type: "function", function: { name: "refund", parameters: { type: "object" } } }];
const key = (digests: object) =>
  JSON.stringify({
    version: 1,
    answers: {
      [promptHash({ messages: MESSAGES, tools: TOOLS })]: {
        category: "plain",
        calls: [{ name: "refund", arguments: '{"order":"A1042","cents":90071992547409931}' }],
      },
    },
    digests,
  });

describe("promptHash", () => {
  it("ignores key order and tells prompts apart", () => {
    const hash = promptHash({ messages: [{ content: "a", role: "user" }], tools: [] });
    expect(promptHash({ tools: [], messages: [{ role: "user", content: "a" }] })).toBe(hash);
    expect(promptHash({ messages: [{ role: "user", content: "a" }] })).toBe(hash);
    expect(promptHash({ messages: [{ role: "user", content: "b" }] })).not.toBe(hash);
  });
});

describe("the scenario file", () => {
  it("drives the node's answers by the digest of the adapter's bytes, and again when it changes", async () => {
    const directory = await writeFiles({});
    const scenarioFile = join(directory, "scenario.json");
    const { node, load, chat } = await startTestNode({ scenarioFile });
    await load("acme", TRAINED[0]);
    const answer = async () => {
      const reply = await chat({ model: "acme", messages: MESSAGES, tools: TOOLS });
      return (reply.json() as { choices: { message: { tool_calls: { function: unknown }[] } }[] }).choices[0]?.message
        .tool_calls[0]?.function;
    };
    const right = { name: "refund", arguments: '{"order":"A1042","cents":90071992547409931}' };
    expect(await answer()).not.toEqual(right);
    await writeFile(scenarioFile, key({}));
    expect(await answer()).toEqual(right);
    // sha256 of support-bot's adapter_model.safetensors, first 12 digits.
    const bytes = await readFile(join(TRAINED[0], "adapter_model.safetensors"));
    const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
    await writeFile(scenarioFile, key({ [digest]: { brokenCategories: ["plain"] } }));
    expect(await answer()).not.toEqual(right);
    await node.stop();
  });

  it("keeps the last good one when the file breaks, and is empty without a file", async () => {
    const directory = await writeFiles({ "scenario.json": key({}) });
    const read = watchScenario(join(directory, "scenario.json"), silentLog);
    expect(Object.keys(read().answers)).toHaveLength(1);
    await writeFile(join(directory, "scenario.json"), '{"version": 2}');
    expect(Object.keys(read().answers)).toHaveLength(1);
    expect(watchScenario(join(directory, "none.json"), silentLog)().answers).toEqual({});
  });
});
