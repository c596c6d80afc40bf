import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemo, DEFAULT_LIMITS, ExpositionError, parseExposition, type Sample } from "./parse-exposition.ts";

const RECORDED = `# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="meta-llama/Llama-3.1-8B-Instruct"} 2.0
# TYPE vllm:e2e_request_latency_seconds histogram
vllm:e2e_request_latency_seconds_bucket{engine="0",le="0.3",model_name="m"} 1.0
vllm:e2e_request_latency_seconds_bucket{engine="0",le="+Inf",model_name="m"} 3.0
vllm:e2e_request_latency_seconds_sum{engine="0",model_name="m"} 1.25e+00
vllm:lora_requests_info{max_lora="12",running_lora_adapters="acme--bot--v1-0123456789ab,b",waiting_lora_adapters=""} 1.7e9
process_start_time_seconds 1.76e+09
`;

const refused = (text: string): string => {
  try {
    parseExposition(text);
  } catch (error) {
    if (error instanceof ExpositionError) return error.message;
    throw error;
  }
  return "accepted";
};

describe("parseExposition", () => {
  it("reads what a vLLM node sends", () => {
    const { samples, declared } = parseExposition(RECORDED);
    expect(samples).toHaveLength(6);
    expect([...declared]).toEqual(["vllm:num_requests_running", "vllm:e2e_request_latency_seconds"]);
    expect(samples[2]).toEqual({
      name: "vllm:e2e_request_latency_seconds_bucket",
      labels: { engine: "0", le: "+Inf", model_name: "m" },
      value: 3,
    });
    expect(samples[4]?.labels.running_lora_adapters).toBe("acme--bot--v1-0123456789ab,b");
    expect(samples[5]).toEqual({ name: "process_start_time_seconds", labels: {}, value: 1.76e9 });
  });

  it("reads escapes, blanks, trailing commas, timestamps and values that are not finite", () => {
    expect(parseExposition('a { x = "q\\"b\\\\n\\n" , } NaN 1700000000000\n').samples).toEqual([
      { name: "a", labels: { x: 'q"b\\n\n' }, value: Number.NaN },
    ]);
    expect(parseExposition("a +Inf\nb -Inf\n c\t5 \n").samples.map((sample) => sample.value)).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      5,
    ]);
  });

  it.each([
    ["cut short", "a 1\nb 2", "line 2: the document ends in the middle of a line"],
    ["HTML", "<!doctype html>\n", "line 1: a metric name was expected"],
    ["no value", "a\n", "line 1: a blank and a value were expected"],
    ["name run into value", "a-5\n", "line 1: a blank and a value were expected"],
    ["words for numbers", "a many\n", 'line 1: "many" is not a number'],
    ["hex", "a 0x10\n", 'line 1: "0x10" is not a number'],
    ["two values", "a 1 2 3\n", "line 1: only a value and a timestamp may follow a series"],
    ["open quote", 'a{b="c} 1\n', "line 1: a label value has no closing quote"],
    ["unknown escape", 'a{b="\\t"} 1\n', "line 1: a label value holds an unknown escape"],
    ["bare label value", "a{b=c} 1\n", 'line 1: " was expected'],
    ["label twice", 'a{b="1",b="2"} 1\n', "line 1: the label b is given twice"],
    ["series twice", 'a{b="1",c="2"} 1\na{c="2",b="1"} 1\n', 'line 2: a{b="1",c="2"} is given twice'],
    ["type twice", "# TYPE a counter\n# TYPE a gauge\n", "line 2: the type of a is given twice"],
    ["unknown type", "# TYPE a thing\n", "line 1: a TYPE line needs a metric name and a known type"],
  ])("refuses %s", (_name, text, message) => {
    expect(refused(text)).toBe(message);
  });

  it("is bounded", () => {
    const limits = { ...DEFAULT_LIMITS, maxSamples: 2 };
    expect(() => parseExposition("a 1\nb 1\nc 1\n", createMemo(), limits)).toThrow("more than 2 samples");
    expect(refused(`a{b="${"x".repeat(70_000)}"} 1\n`)).toBe("line 1: the line is too long");
  });

  it("keeps of its memo only what the last document held", () => {
    const memo = createMemo();
    parseExposition('a{b="1"} 1\na{b="2"} 1\n', memo);
    parseExposition('a{b="2"} 1\na{b="3"} 1\n', memo);
    expect([...memo.known.keys()]).toEqual(['a{b="2"}', 'a{b="3"}']);
  });
});

const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,12}$/);
const labelName = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/);
const series = fc.record({
  name,
  labels: fc.dictionary(labelName, fc.string({ unit: "binary", maxLength: 12 }), { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof(fc.double({ noNaN: false }), fc.integer()),
});
const document = fc.uniqueArray(series, {
  maxLength: 30,
  selector: (one) => JSON.stringify([one.name, Object.entries(one.labels).sort()]),
});

const escapeLabel = (text: string) => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
const writeValue = (value: number) => {
  if (Number.isNaN(value)) return "NaN";
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0" : String(value);
  return value > 0 ? "+Inf" : "-Inf";
};
const write = (samples: readonly Sample[]) =>
  samples
    .map(({ name, labels, value }) => {
      const inside = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
      return `${name}${inside.length > 0 ? `{${inside.join(",")}}` : ""} ${writeValue(value)}\n`;
    })
    .join("");

describe("parseExposition on generated documents", () => {
  it("reads back what was written, with and without a memo", () => {
    fc.assert(
      fc.property(document, (samples) => {
        const memo = createMemo();
        const text = write(samples);
        const plain = samples.map((sample) => ({ ...sample, labels: { ...sample.labels } }));
        expect(parseExposition(text, memo).samples).toEqual(plain);
        expect(parseExposition(text, memo).samples).toEqual(plain);
      }),
      { numRuns: 500 },
    );
  });

  it("never does anything to damaged text but refuse it or read it", () => {
    fc.assert(
      fc.property(document, fc.nat(), fc.string({ unit: "binary", maxLength: 4 }), (samples, position, junk) => {
        const text = write(samples);
        const at = text.length === 0 ? 0 : position % text.length;
        const damaged = text.slice(0, at) + junk + text.slice(at + 1);
        try {
          for (const sample of parseExposition(damaged).samples) expect(typeof sample.value).toBe("number");
        } catch (error) {
          expect(error).toBeInstanceOf(ExpositionError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
