import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rawEnv } from "#lib/platform/env.ts";
import { testCount } from "#lib/platform/nightly.ts";
import { recordedMetrics } from "#lib/vllm/testdata/recorded.ts";
import { DEFAULT_LIMITS, ExpositionError, type ExpositionFormat, formatOf, type Sample } from "./exposition.ts";
import { type ParseOptions, parseExposition } from "./parse-exposition.ts";
import { createSeriesCache } from "./series-cache.ts";
import { documents } from "./testing/documents.ts";
import { referenceSamples } from "./testing/reference-parser.ts";

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

const refused = (text: string, options: ParseOptions = {}): string => {
  try {
    parseExposition(text, options);
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
    expect(refused("a 1\nb 1\nc 1\n", { limits })).toBe("line 3: more than 2 samples");
    expect(refused(`a{b="${"x".repeat(70_000)}"} 1\n`)).toBe("line 1: the line is too long");
    const sets = Array.from({ length: 100_000 }, (_, n) => `a{b="${n}"} 1\n`).join("");
    expect(refused(sets)).toBe("line 50001: more than 50000 samples");
  });

  it("keeps in its cache what the last documents held, however adapters come and go", () => {
    const cache = createSeriesCache();
    for (let turn = 0; turn < 200; turn += 1)
      parseExposition(Array.from({ length: 50 }, (_, n) => `a{lora="${turn * 50 + n}"} 1\n`).join(""), { cache });
    expect(cache.byText.size).toBeLessThan(400);
    expect(cache.byIdentity.size).toBeLessThan(400);
    expect(refused("<html>\n", { cache })).toBe("line 1: a metric name was expected");
    expect(cache.byText.size).toBe(0);
  });

  it("refuses a known series given twice, also with its labels in another order", () => {
    const cache = createSeriesCache();
    parseExposition('a{b="1",c="2"} 1\n', { cache });
    expect(refused('a{b="1",c="2"} 1\na{b="1",c="2"} 1\n', { cache })).toContain("given twice");
    parseExposition('a{c="2",b="1"} 1\n', { cache });
    expect(refused('a{b="1",c="2"} 1\na{c="2",b="1"} 1\n', { cache })).toContain("given twice");
  });

  it("reads of a family that grows without end only what is true now", () => {
    const latestOnly = new Set(["vllm:lora_requests_info"]);
    const text = Array.from(
      { length: 60_000 },
      (_, n) => `vllm:lora_requests_info{running="${n}"} ${(n * 7919) % 60_000}\n`,
    ).join("");
    const { samples } = parseExposition(`${text}b 1\n`, { latestOnly });
    expect(samples).toHaveLength(2);
    expect(samples[1]?.value).toBe(59_999);
    expect(refused("vllm:lora_requests_info{a=} x\n", { latestOnly })).toContain("line 1");
  });
});

describe("parseExposition on OpenMetrics", () => {
  const format = "openmetrics" as const;
  const whole = `# TYPE vllm:request_success counter
# UNIT vllm:request_success requests
vllm:request_success_total{engine="0"} 5.0 1700000000.5 # {trace_id="a}b"} 1 1700000000.25
vllm:request_success_created{engine="0"} 1.7e+09
# EOF
`;
  it("reads timestamps, exemplars and _created", () => {
    const { samples, declared } = parseExposition(whole, { format });
    expect(samples.map(({ name, value }) => [name, value])).toEqual([
      ["vllm:request_success_total", 5],
      ["vllm:request_success_created", 1.7e9],
    ]);
    expect(declared).toContain("vllm:request_success_total");
  });

  it("accepts no beginning of a document for the whole", () => {
    for (let length = 0; length < whole.length - 1; length += 1)
      expect(refused(whole.slice(0, length), { format })).not.toBe("accepted");
    expect(refused(whole, { format })).toBe("accepted");
  });

  it.each([
    ["what follows the end", "# EOF\na 1\n", "line 2: something follows # EOF"],
    ["an empty line", "a 1\n\n# EOF\n", "line 2: an empty line"],
    ["blanks of its own", 'a{ b="1"} 1\n# EOF\n', "line 1: a label name was expected"],
    ["a comment", "# hello\n# EOF\n", "line 1: only TYPE, HELP, UNIT and EOF may follow a #"],
    [
      "a type of the other format",
      "# TYPE a untyped\n# EOF\n",
      "line 1: a TYPE line needs a metric name and a known type",
    ],
    ["an exemplar of a gauge", "a 1 # {} 1\n# EOF\n", "line 1: an exemplar is only given to a bucket or a counter"],
  ])("refuses %s", (_name, text, message) => {
    expect(refused(text, { format })).toBe(message);
  });

  it("holds one format's liberties against the other though it knows the series", () => {
    const cache = createSeriesCache();
    parseExposition('a{ b="1" } 1\n', { cache });
    expect(refused('a{ b="1" } 1\n# EOF\n', { cache, format })).toBe("line 1: a label name was expected");
  });

  it("is told by the content type", () => {
    expect(formatOf("application/openmetrics-text; version=1.0.0; charset=utf-8")).toBe("openmetrics");
    expect(formatOf("text/plain; version=0.0.4")).toBe("classic");
    expect(formatOf(undefined)).toBe("classic");
    expect(formatOf("text/html")).toBeNull();
  });
});

/** Documents a test; `npm run soak -- parser` reads ten thousand, from a seed that it names. */
const RUNS = { numRuns: Number(rawEnv("PARSER_DOCUMENTS") ?? testCount(500, 1_500)), ...seedOf(rawEnv("PARSER_SEED")) };
const formatOfDocument = (isOpenMetrics: boolean): ExpositionFormat => (isOpenMetrics ? "openmetrics" : "classic");

describe("parseExposition beside a simple parser", () => {
  it.each(["idle", "busy", "after-traffic"])("reads the same of a real vLLM, %s", (moment) => {
    const text = recordedMetrics(moment);
    const cache = createSeriesCache();
    const expected = referenceSamples(text, false);
    expect(expected.length).toBeGreaterThan(300);
    expect(parseExposition(text, { cache }).samples).toEqual(expected);
    expect(parseExposition(text, { cache }).samples).toEqual(expected);
  });

  it("reads the same of generated documents, new and known", () => {
    const cache = createSeriesCache();
    fc.assert(
      fc.property(documents, ({ isOpenMetrics, text }) => {
        const format = formatOfDocument(isOpenMetrics);
        const expected = referenceSamples(text, isOpenMetrics);
        expect(plain(parseExposition(text, { format, cache }).samples)).toEqual(expected);
        expect(plain(parseExposition(text, { format, cache }).samples)).toEqual(expected);
      }),
      RUNS,
    );
  });

  it("hands out only what is wanted, and is as strict with the rest", () => {
    const all = createSeriesCache();
    fc.assert(
      fc.property(documents, fc.nat(), fc.string({ unit: "binary", maxLength: 4 }), (document, position, junk) => {
        const { isOpenMetrics, text } = document;
        const options = { format: formatOfDocument(isOpenMetrics) };
        const names = [...new Set(referenceSamples(text, isOpenMetrics).map(({ name }) => name))];
        const wanted = new Set(names.filter((_, index) => index % 2 === 0));
        const cache = createSeriesCache(wanted);
        for (const _ of ["new", "known"])
          expect(parseExposition(text, { ...options, cache }).samples).toEqual(
            parseExposition(text, { ...options, cache: all }).samples.filter(({ name }) => wanted.has(name)),
          );
        const at = text.length === 0 ? 0 : position % text.length;
        const damaged = text.slice(0, at) + junk + text.slice(at + 1);
        expect(refused(damaged, { ...options, cache })).toBe(refused(damaged, { ...options, cache: all }));
      }),
      RUNS,
    );
  });

  it("does nothing to a damaged or shortened document but refuse it or read it", () => {
    const cache = createSeriesCache();
    fc.assert(
      fc.property(documents, fc.nat(), fc.string({ unit: "binary", maxLength: 4 }), (document, position, junk) => {
        const { isOpenMetrics, text } = document;
        const format = formatOfDocument(isOpenMetrics);
        const at = text.length === 0 ? 0 : position % text.length;
        const damaged = text.slice(0, at) + junk + text.slice(at + 1);
        try {
          for (const { value } of parseExposition(damaged, { format, cache }).samples)
            expect(typeof value).toBe("number");
        } catch (error) {
          expect(error).toBeInstanceOf(ExpositionError);
        }
        const cut = text.slice(0, at);
        const isWhole = isOpenMetrics ? at === text.length - 1 : cut === "" || cut.endsWith("\n");
        if (!isWhole) expect(refused(cut, { format, cache })).not.toBe("accepted");
      }),
      RUNS,
    );
  });
});

function seedOf(seed: string | undefined): { seed?: number } {
  return seed === undefined ? {} : { seed: Number(seed) };
}

const plain = (samples: readonly Sample[]) => samples.map((sample) => ({ ...sample, labels: { ...sample.labels } }));
