import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EvalCase, ExpectedCall } from "../eval-case.ts";
import { callsOf, scoreReply } from "../scoring/score-reply.ts";
import { generateSuite } from "../suites/generator/generate-suite.ts";
import { replyWith } from "../testing/reply-with.ts";
import { compareFields } from "./compare-fields.ts";

const suite = generateSuite({ seed: "acme", count: 60 });

const compare = (evalCase: EvalCase, baseline: ExpectedCall[] | null, candidate: ExpectedCall[] | null) =>
  compareFields(evalCase, {
    baseline: baseline && callsOf(replyWith(baseline), evalCase),
    candidate: candidate && callsOf(replyWith(candidate), evalCase),
  });

const booking: EvalCase = {
  id: "x-1",
  ordinal: 1,
  category: "x",
  messages: [{ role: "user", content: "Book it" }],
  tools: [{ type: "function", function: { name: "book", description: "", parameters: { type: "object" } } }],
  expected: { calls: [{ name: "book", arguments: '{"at":{"day":"Mon","hour":9},"who":["a","b"]}' }], reason: "r" },
};
const call = (args: string, name = "book"): ExpectedCall => ({ name, arguments: args });

describe("arguments beside each other", () => {
  it("stand path by path, what the candidate got wrong first", () => {
    const right = call('{"who":["a","b"],"at":{"hour":9,"day":"Mon"}}');
    const [compared] = compare(booking, [right], [call('{"at":{"day":"Tue","hour":9},"who":["a"],"more":1}')]);
    expect(compared).toMatchObject({ expected: "book", candidate: "book", candidateDiffers: false, rowsLeftOut: 0 });
    const same = { baselineDiffers: false, candidateDiffers: false };
    const wrong = { baselineDiffers: false, candidateDiffers: true };
    expect(compared?.rows).toEqual([
      { path: "$.at.day", expected: '"Mon"', baseline: '"Mon"', candidate: '"Tue"', ...wrong },
      { path: "$.who[1]", expected: '"b"', baseline: '"b"', candidate: null, ...wrong },
      { path: "$.more", expected: null, baseline: null, candidate: "1", ...wrong },
      { path: "$.at.hour", expected: "9", baseline: "9", candidate: "9", ...same },
      { path: "$.who[0]", expected: '"a"', baseline: '"a"', candidate: '"a"', ...same },
    ]);
  });

  it("show a wrong name, a missing call, one too many, and a reply that is not there", () => {
    const right = call(booking.expected.calls[0]?.arguments ?? "");
    expect(compare(booking, [right], [call("{}", "cancel")])[0]).toMatchObject({
      ...{ expected: "book", baseline: "book", candidate: "cancel", baselineDiffers: false, candidateDiffers: true },
    });
    expect(compare(booking, null, [])[0]).toMatchObject({
      ...{ baseline: null, candidate: null, baselineDiffers: false, candidateDiffers: true },
    });
    expect(compare(booking, [right], [right, right])[1]).toMatchObject({
      ...{ expected: null, baseline: null, candidate: "book", candidateDiffers: true },
    });
  });

  it("differ exactly where the scorer says that the answer is wrong, whatever the order of the calls", () => {
    const mutations = fc.constantFrom("none", "rename", "drop", "twice", "extra", "reverse");
    fc.assert(
      fc.property(fc.constantFrom(...suite), mutations, (evalCase, mutation) => {
        const right = evalCase.expected.calls;
        const replied: Record<typeof mutation, ExpectedCall[]> = {
          none: right,
          reverse: [...right].reverse(),
          rename: right.map((one, at) => (at === 0 ? { ...one, name: `x${one.name}` } : one)),
          drop: right.slice(1),
          twice: right.flatMap((one) => [one, one]),
          extra: right.map((one) => ({
            ...one,
            arguments: one.arguments.replace(/\}$/, `${one.arguments.length > 2 ? "," : ""}"zzz":1}`),
          })),
        };
        const reply = replyWith(replied[mutation]);
        const compared = compare(evalCase, right, replied[mutation]);
        const differs = compared.some((one) => one.candidateDiffers || one.rows.some((row) => row.candidateDiffers));
        expect(differs).toBe(scoreReply(reply, evalCase).status !== "pass");
        expect(compared.some((one) => one.baselineDiffers || one.rows.some((row) => row.baselineDiffers))).toBe(false);
      }),
    );
  });
});
