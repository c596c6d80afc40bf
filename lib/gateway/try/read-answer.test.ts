import { describe, expect, it } from "vitest";
import { createAnswerReader } from "./read-answer.ts";

const chunk = (delta: object, more: object = {}): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }], ...more })}\n\n`;

describe("a streamed answer", () => {
  it("comes out piece by piece, however the bytes are cut", () => {
    const text = `${chunk({ role: "assistant", content: "" })}${chunk({ content: "Hel" })}${chunk({ content: "lo" })}data: [DONE]\n\n`;
    for (const size of [1, 7, text.length]) {
      const reader = createAnswerReader(true);
      const pieces = [];
      for (let at = 0; at < text.length; at += size) pieces.push(...reader.add(text.slice(at, at + size)));
      expect([...pieces, ...reader.end()]).toEqual([
        { kind: "text", text: "Hel" },
        { kind: "text", text: "lo" },
      ]);
    }
  });

  it("names each tool once and goes on with its arguments", () => {
    const reader = createAnswerReader(true);
    const call = (index: number, fields: object) => chunk({ tool_calls: [{ index, function: fields }] });
    const pieces = reader.add(
      call(0, { name: "find_order", arguments: "" }) +
        call(0, { arguments: '{"id":' }) +
        call(0, { arguments: "7}" }) +
        call(1, { name: "refund", arguments: "{}" }),
    );
    expect(pieces.map(({ text }) => text).join("")).toBe('find_order {"id":7}\nrefund {}');
    expect(new Set(pieces.map(({ kind }) => kind))).toEqual(new Set(["tool"]));
  });

  it("counts tokens where the stream does, and says when it does not", () => {
    const counted = createAnswerReader(true);
    counted.add(
      `${chunk({ content: "x" })}data: {"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":5}}\n\n`,
    );
    expect(counted.tokens()).toEqual({ prompt: 11, completion: 5 });
    const silent = createAnswerReader(true);
    silent.add(chunk({ content: "x" }));
    expect(silent.tokens()).toBeNull();
  });

  it("keeps what went wrong in the middle, and survives what is no JSON", () => {
    const reader = createAnswerReader(true);
    expect(reader.add('data: <html>\n\ndata: {"error":{"message":"engine died","code":500}}\n\n')).toEqual([]);
    expect(reader.error()).toBe("engine died");
  });
});

describe("an answer in one body", () => {
  it("is read at its end: text, calls and tokens", () => {
    const reader = createAnswerReader(false);
    const body = JSON.stringify({
      choices: [{ message: { content: "Here:", tool_calls: [{ function: { name: "look", arguments: "{}" } }] } }],
      usage: { prompt_tokens: 3, completion_tokens: 4 },
    });
    expect(reader.add(body.slice(0, 20))).toEqual([]);
    reader.add(body.slice(20));
    expect(reader.end()).toEqual([
      { kind: "text", text: "Here:" },
      { kind: "tool", text: "look {}" },
    ]);
    expect(reader.tokens()).toEqual({ prompt: 3, completion: 4 });
  });
});
