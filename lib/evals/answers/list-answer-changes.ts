import { decodeCursor, encodeCursor } from "#lib/http/cursor.ts";
import type { PageQuery } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { Answer, AnswerChange, AnswerChangePage } from "../browser/answer-change-schema.ts";
import { type CaseResult, decodingModes, type SampleStatus } from "../schema.ts";
import { readReply } from "../scoring/read-reply.ts";
import { callsOf } from "../scoring/score-reply.ts";
import { parseReply } from "../scoring/score-stored.ts";
import { getRun, type RunRecord, readGreedySamples, readOutline, readSamples } from "../store.ts";
import type { StoredCase } from "../stored-sample.ts";
import { readCaseOutline, readCasesOf } from "../suites/case-store.ts";
import { compareFields } from "./compare-fields.ts";
import { showCaseResult, sortIntoFilters } from "./pair-samples.ts";
import { isWrongOtherwise } from "./wrong-otherwise.ts";

type Change = AnswerChange["change"];

/**
 * The prompts of a run that baseline and candidate mostly answer differently: what lost most first, then what is wrong in
 * another way, then what is right now. Held-out prompts are left out for everybody: what is shown here is shown to the
 * customer, too.
 * @throws AppError `not_found`
 */
export async function listAnswerChanges(ctx: Ctx, query: PageQuery & { runId: string }): Promise<AnswerChangePage> {
  const run = await getRun(ctx.tx, query.runId);
  if (run === null) throw notFound("run");
  const changed = await findChanged(ctx, run);
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor);
  const left = changed.slice(changed.findIndex(({ stored }) => stored.caseId === after) + 1);
  const page = left.slice(0, query.limit);
  const last = page.at(-1);
  const items: AnswerChange[] = [];
  for (const { stored, change } of page) {
    const samples = await readSamples(ctx.tx, run.id, stored.caseId);
    items.push(showChange(stored, showCaseResult(stored, samples, false), change));
  }
  const count = (change: Change) => changed.filter((each) => each.change === change).length;
  return {
    items,
    nextCursor: left.length > page.length && last ? encodeCursor(last.stored.caseId) : null,
    counts: {
      ...{ worse: count("worse"), otherwise: count("otherwise"), better: count("better") },
      prompts: run.suite.caseCount - run.suite.heldOut,
    },
  };
}

type Changed = { stored: StoredCase; change: Change; lost: number };
const ORDER = ["worse", "otherwise", "better"] as const satisfies Change[];

async function findChanged({ tx }: Ctx, { id, suiteId }: RunRecord): Promise<Changed[]> {
  const outline = await readCaseOutline(tx, suiteId);
  const ordinals = outline.map(({ ordinal }) => ordinal);
  const { shown, lost } = sortIntoFilters(ordinals, await readOutline(tx, id));
  const [worse, better] = [new Set(shown.regressed), new Set(shown.improved)];
  const differing = new Set([...shown.regressed, ...shown.improved, ...shown.both_fail]);
  const ids = outline.filter(({ ordinal }) => differing.has(ordinal)).map(({ caseId }) => caseId);
  const cases = [...(await readCasesOf(tx, suiteId, ids)).values()].filter(({ holdOut }) => !holdOut);
  const wrong = cases.map(({ ordinal }) => ordinal).filter((ordinal) => !worse.has(ordinal) && !better.has(ordinal));
  const greedy = await readGreedySamples(tx, id, wrong);
  const changeOf = (stored: StoredCase): Change | null => {
    if (worse.has(stored.ordinal)) return "worse";
    if (better.has(stored.ordinal)) return "better";
    const own = greedy.filter(({ ordinal }) => ordinal === stored.ordinal);
    return isWrongOtherwise(stored, own) ? "otherwise" : null;
  };
  const changed = cases.flatMap((stored) => {
    const change = changeOf(stored);
    return change === null ? [] : [{ stored, change, lost: change === "worse" ? (lost.get(stored.ordinal) ?? 0) : 0 }];
  });
  return changed.sort(
    (left, right) =>
      ORDER.indexOf(left.change) - ORDER.indexOf(right.change) ||
      right.lost - left.lost ||
      left.stored.ordinal - right.stored.ordinal,
  );
}

/** Where a change shows, and which answers of either side tell of it. */
const SHOWN_BY = {
  worse: { shownBy: "regressed", before: "pass", now: "wrong" },
  better: { shownBy: "improved", before: "wrong", now: "pass" },
  otherwise: { shownBy: null, before: "wrong", now: "wrong" },
} as const satisfies Record<
  Change,
  { shownBy: "regressed" | "improved" | null; before: SampleStatus; now: SampleStatus }
>;

function showChange(stored: StoredCase, result: CaseResult, change: Change): AnswerChange {
  const { shownBy, before, now } = SHOWN_BY[change];
  const mode = decodingModes.find((each) => shownBy !== null && result.modes[each][shownBy]) ?? "greedy";
  const { baseline, candidate } = result.modes[mode];
  const replies = { baseline: replyOf(baseline, before), candidate: replyOf(candidate, now) };
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
function replyOf(samples: Sides, status: SampleStatus): unknown {
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
