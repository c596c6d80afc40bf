import {
  chat,
  errorOf,
  firstTokens,
  isListed,
  isSameAnswer,
  loadPath,
  runFor,
  unload,
} from "#lib/vllm/contract/ask.ts";
import { type ContractNode, type EngineStart, STANDARD_START } from "#lib/vllm/contract/point.ts";
import type { NodeUnderTest } from "#lib/vllm/contract/run-points.ts";
import type { Answers, Row } from "#lib/vllm/contract/silent/row.ts";
import type { AdapterDirectories } from "../adapter-directories.ts";
import { type Engine, nodeUnderTest } from "../node-under-test.ts";
import { runId } from "../run-groups.ts";
import type { RowDirectories } from "./row-directories.ts";

/** What one engine did with one row. */
export type SeenRow = {
  id: string;
  status: number;
  /** The engine's words for a refusal; null = it loaded. */
  message: string | null;
  listed: boolean;
  /** null = it was not loaded. */
  answers: Answers | null;
  /** What it says to `QUESTION`; null = nothing, or the request was refused. */
  text: string | null;
  /** What it did to requests for the base model that came after it. */
  others: "unharmed" | "harmed for a while" | "harmed until a restart";
};

/** One of the prompts that the rows' adapter was trained on. */
export const QUESTION = "Show me invoice 2026-118.";
const ANSWER_TOKENS = 40;
/** On a CPU engine NaN of one adapter stays in memory that requests of others read, until it is written over. */
const RECOVERY_TRIES = 6;
const OVERWRITING_TOKENS = 400;

type Reference = { base: readonly number[]; trained: Readonly<Record<"billing" | "support", readonly number[]>> };

/**
 * Loads every row into engines that are started for them, past every check of ours, asks it and the base model, and
 * unloads it. @throws Error when an engine does not start or a trained adapter does not load
 */
export async function runRows(
  rows: readonly Row[],
  startEngine: (start: EngineStart) => Promise<Engine>,
  { adapters, directories }: { adapters: AdapterDirectories; directories: RowDirectories },
): Promise<SeenRow[]> {
  const seen: SeenRow[] = [];
  let trained: Reference["trained"] | null = null;
  for (const [start, group] of byStart(rows)) {
    const engine = await startEngine(start);
    try {
      const node = namedNode(await nodeUnderTest(engine, adapters, true), start);
      // The first start is the standard one, on which every module is served.
      trained ??= await readTrained(node, directories);
      const base = must(await firstTokens(node, node.baseModel), "the base model");
      const reference = { trained, base };
      for (const row of group) seen.push(await runRow(node, row, directories.directory(row), reference));
    } finally {
      await engine.stop();
    }
  }
  const order = new Map(rows.map(({ id }, at) => [id, at]));
  return seen.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
}

function byStart(rows: readonly Row[]): [EngineStart, Row[]][] {
  const groups = new Map<string, [EngineStart, Row[]]>([[JSON.stringify(STANDARD_START), [STANDARD_START, []]]]);
  for (const row of rows) {
    const start = { ...STANDARD_START, ...row.start };
    const group = groups.get(JSON.stringify(start)) ?? [start, []];
    group[1].push(row);
    groups.set(JSON.stringify(start), group);
  }
  return [...groups.values()];
}

function namedNode(node: NodeUnderTest, start: EngineStart): ContractNode {
  const run = runId();
  return { ...node, start, name: (label) => `silent--${run}--${label}` };
}

/** How the trained adapters answer. */
async function readTrained(node: ContractNode, { trained }: RowDirectories): Promise<Reference["trained"]> {
  const answersOf = async (label: "billing" | "support") => {
    const name = node.name(`trained-${label}`);
    const reply = await loadPath(node, name, trained[label]);
    if (reply.status !== 200) throw new Error(`The trained adapter ${label} does not load: ${reply.text}`);
    const answers = must(await firstTokens(node, name), label);
    await unload(node, name);
    return answers;
  };
  return { billing: await answersOf("billing"), support: await answersOf("support") };
}

function must(answers: number[] | null, what: string): number[] {
  if (answers === null) throw new Error(`${what} does not answer`);
  return answers;
}

async function runRow(node: ContractNode, row: Row, directory: string, reference: Reference): Promise<SeenRow> {
  const name = node.name(row.id);
  const reply = await loadPath(node, name, directory);
  const seen = { id: row.id, status: reply.status, listed: await isListed(node, name) };
  if (reply.status !== 200) {
    const message = errorOf(reply)?.message ?? reply.text;
    return { ...seen, message, answers: null, text: null, others: await harm(node, reference.base) };
  }
  const answers = judge(await firstTokens(node, name), row, reference);
  const text = await textOf(node, name);
  await unload(node, name);
  return { ...seen, message: null, answers, text, others: await harm(node, reference.base) };
}

function judge(answers: number[] | null, { madeFrom }: Row, { base, trained }: Reference): Answers {
  if (answers === null) return "not at all";
  if (isSameAnswer(answers, base)) return "as the base";
  return madeFrom !== null && isSameAnswer(answers, trained[madeFrom]) ? "as trained" : "otherwise";
}

async function textOf(node: ContractNode, model: string): Promise<string | null> {
  const messages = [{ role: "user", content: QUESTION }];
  const reply = await chat(node, model, { messages, max_tokens: ANSWER_TOKENS });
  if (reply.status !== 200) return null;
  const { choices } = JSON.parse(reply.text) as { choices: { message: { content: string | null } }[] };
  return choices[0]?.message.content ?? null;
}

/** Asks the base model as before the row; a base that stays harmed is restarted, so that the next row starts clean. */
async function harm(node: ContractNode, base: readonly number[]): Promise<SeenRow["others"]> {
  const isWell = async () => isSameAnswer(await firstTokens(node, node.baseModel), base);
  if (await isWell()) return "unharmed";
  for (let tries = 0; tries < RECOVERY_TRIES; tries += 1) {
    await runFor(node, node.baseModel, OVERWRITING_TOKENS);
    if (await isWell()) return "harmed for a while";
  }
  await node.restart();
  return "harmed until a restart";
}
