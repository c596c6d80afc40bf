import { decodeCursor, encodeCursor } from "#lib/http/cursor.ts";
import type { PageQuery } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { Answer, AnswerChange, AnswerChangePage } from "../browser/answer-change-schema.ts";
import { compareFields } from "../compare-fields.ts";
import { showCaseResult, sortIntoFilters } from "../pair-samples.ts";
import { readReply } from "../read-reply.ts";
import { type CaseResult, decodingModes, type SampleStatus } from "../schema.ts";
import { callsOf } from "../score-reply.ts";
import { parseReply } from "../score-stored.ts";
import { getRun, readOutline, readSamples } from "../store.ts";
import type { StoredCase } from "../stored-sample.ts";
import { readCaseOutline, readCasesOf } from "../suites/case-store.ts";

/**
 * The prompts of a run that baseline and candidate mostly answer differently, what lost most first. Held-out prompts are left
 * out for everybody: what is shown here is shown to the customer, too.
 * @throws AppError `not_found`
 */
export async function listAnswerChanges(ctx: Ctx, query: PageQuery & { runId: string }): Promise<AnswerChangePage> {
  const run = await getRun(ctx.tx, query.runId);
  if (run === null) throw notFound("run");
  const outline = await readCaseOutline(ctx.tx, run.suiteId);
  const ordinals = outline.map(({ ordinal }) => ordinal);
  const { shown, lost } = sortIntoFilters(ordinals, await readOutline(ctx.tx, run.id));
  const worse = new Set(shown.regressed);
  const differing = new Set([...shown.regressed, ...shown.improved]);
  const ids = outline.filter(({ ordinal }) => differing.has(ordinal)).map(({ caseId }) => caseId);
  const cases = [...(await readCasesOf(ctx.tx, run.suiteId, ids)).values()].filter(({ holdOut }) => !holdOut);
  const rank = ({ ordinal }: StoredCase) => (worse.has(ordinal) ? 1 + (lost.get(ordinal) ?? 0) : 0);
  cases.sort((left, right) => rank(right) - rank(left) || left.ordinal - right.ordinal);
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor);
  const left = cases.slice(cases.findIndex(({ caseId }) => caseId === after) + 1);
  const page = left.slice(0, query.limit);
  const last = page.at(-1);
  const items: AnswerChange[] = [];
  for (const stored of page) {
    const samples = await readSamples(ctx.tx, run.id, stored.caseId);
    const change = worse.has(stored.ordinal) ? "worse" : "better";
    items.push(showChange(stored, showCaseResult(stored, samples, false), change));
  }
  const losses = cases.filter(({ ordinal }) => worse.has(ordinal)).length;
  return {
    items,
    nextCursor: left.length > page.length && last ? encodeCursor(last.caseId) : null,
    counts: { worse: losses, better: cases.length - losses, prompts: run.suite.caseCount - run.suite.heldOut },
  };
}

function showChange(stored: StoredCase, result: CaseResult, change: AnswerChange["change"]): AnswerChange {
  const mode =
    decodingModes.find((each) => result.modes[each][change === "worse" ? "regressed" : "improved"]) ?? "greedy";
  const { baseline, candidate } = result.modes[mode];
  const [before, now]: [SampleStatus, SampleStatus] = change === "worse" ? ["pass", "wrong"] : ["wrong", "pass"];
  const replies = { baseline: tellingOf(baseline, before), candidate: tellingOf(candidate, now) };
  return {
    caseId: stored.caseId,
    category: stored.category,
    prompt: result.prompt,
    change,
    mode,
    expected: {
      calls: stored.expected.calls.map(({ name, arguments: given }) => ({ name, arguments: given })),
      text: null,
    },
    baseline: readAnswer(replies.baseline),
    candidate: readAnswer(replies.candidate),
    compared: compareFields(stored, {
      baseline: callsOf(replies.baseline, stored),
      candidate: callsOf(replies.candidate, stored),
    }),
  };
}

type Sides = CaseResult["modes"]["greedy"]["baseline"];

/** The first reply that shows what the change is about; null = there is none. */
function tellingOf(samples: Sides, status: SampleStatus): unknown {
  const raw = (samples.find((sample) => sample.status === status) ?? samples[0])?.rawReply ?? null;
  return raw === null ? null : parseReply(raw);
}

function readAnswer(reply: unknown): Answer | null {
  const read = readReply(reply);
  if (!read.ok) return null;
  return {
    calls: read.calls.map((call) =>
      "malformed" in call
        ? { name: "", arguments: call.malformed }
        : { name: call.name, arguments: call.arguments ?? "{}" },
    ),
    text: read.content.trim() === "" ? null : cut(read.content.trim()),
  };
}

const TEXT_MAX = 600;
const cut = (text: string): string => (text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text);
