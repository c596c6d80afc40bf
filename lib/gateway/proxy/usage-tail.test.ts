import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recorded } from "#lib/vllm/testdata/recorded.ts";
import { UsageTail } from "./usage-tail.ts";

const readIn = (text: string, cuts: readonly number[]) => {
  const bytes = Buffer.from(text, "utf8");
  const tail = new UsageTail();
  const bounds = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [index, from] of bounds.entries()) tail.add(bytes.subarray(from, bounds[index + 1] ?? bytes.length));
  return tail.read();
};
const reply = (content: string, prompt: number, completion: number) =>
  JSON.stringify({
    choices: [{ message: { content } }],
    usage: { prompt_tokens: prompt, total_tokens: prompt + completion, completion_tokens: completion },
    prompt_logprobs: null,
  });

describe("UsageTail", () => {
  it("finds the counts whatever the chunks and whatever the answer quotes", () => {
    const lies = '"prompt_tokens": 7, "completion_tokens": 8';
    const content = fc.oneof(fc.string(), fc.constant(lies), fc.constant("x".repeat(9_000)));
    fc.assert(
      fc.property(
        content,
        fc.nat(99_999),
        fc.nat(99_999),
        fc.array(fc.nat(), { maxLength: 5 }),
        (said, prompt, completion, cuts) => {
          expect(readIn(reply(said, prompt, completion), cuts)).toEqual({
            promptTokens: prompt,
            completionTokens: completion,
          });
        },
      ),
    );
  });

  it("reads the last event of a stream", () => {
    const stream = `data: {"choices":[],"usage":null}\n\ndata: ${reply("", 3, 4)}\n\ndata: [DONE]\n\n`;
    expect(readIn(stream, [])).toEqual({ promptTokens: 3, completionTokens: 4 });
  });

  it.each([
    ["support-bot", 23, 21],
    ["tools", 261, 64],
    ["stream-usage", 17, 17],
    ["stream", null, null],
  ])("reads what a real vLLM 0.32.0 said: %s", (name, promptTokens, completionTokens) => {
    expect(readIn(recorded("chat", name).body, [])).toEqual({ promptTokens, completionTokens });
  });

  it("reads the counts of a response, which have other names", () => {
    const usage = { input_tokens: 12, input_tokens_details: {}, output_tokens: 7, output_tokens_details: {} };
    expect(readIn(JSON.stringify({ object: "response", usage }), [])).toEqual({
      promptTokens: 12,
      completionTokens: 7,
    });
  });

  it("knows nothing where nothing was said", () => {
    expect(readIn('{"error":{}}', [])).toEqual({ promptTokens: null, completionTokens: null });
  });
});
