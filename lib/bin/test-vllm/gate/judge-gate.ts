import { isDeepStrictEqual } from "node:util";
import type { GateReport } from "./run-gate.ts";
import { PROMPTS } from "./trained-prompts.ts";

/** One greedy take and five sampled, of three sides; what differs is asked again on top. */
const LEAST_ANSWERS = PROMPTS * 3 * (1 + 5);

/** What is wrong with what a gate left behind, one line a problem. `engine` is what its node says of its version. */
export function judgeGate({ run, answers, runAgain, answersAgain, refusal }: GateReport, engine: string): string[] {
  const problems: string[] = [];
  const expect = (what: string, isSo: boolean) => {
    if (!isSo) problems.push(what);
  };
  expect(`the run is ${run.state}: ${run.message}`, run.state === "completed");
  expect(`the verdict is ${run.verdict?.outcome ?? "missing"}`, run.verdict?.outcome === "inconclusive");
  expect(`${answers.length} answers are stored, of ${run.samplesDone}`, answers.length === run.samplesDone);
  expect(`${answers.length} answers are fewer than ${LEAST_ANSWERS}`, answers.length >= LEAST_ANSWERS);
  for (const { ordinal, mode, side, take, status, rawReply, seed } of answers) {
    const which = `prompt ${ordinal}, ${mode}, ${side}, take ${take}`;
    expect(`${which} has no reply, but is ${status}`, rawReply !== null || status === "invalid");
    expect(`${which} has the seed ${seed}`, (seed === null) === (mode === "greedy"));
  }
  const right = rightOf(answers, "baseline");
  expect(`the live version answers ${right} of ${PROMPTS} prompts that it was trained for`, right === PROMPTS);
  expect("the other adapter answers all of them as well", rightOf(answers, "candidate") < PROMPTS);
  for (const side of ["baseline", "candidate"] as const)
    expect(`the ${side}'s engine is noted as ${run.conditions?.[side].vllmVersion}`, isOf(run, side, engine));
  expect("scored anew the verdict is another one", isDeepStrictEqual(saidBy(runAgain), saidBy(run)));
  expect("scored anew the answers are other ones", isDeepStrictEqual(answersAgain, answers));
  expect(`a cutover was not refused as gate_not_passed but as ${refusal}`, refusal === "gate_not_passed");
  return problems;
}

/** A verdict without its id and its time. */
const saidBy = ({ verdict }: GateReport["run"]) =>
  verdict && { outcome: verdict.outcome, modes: verdict.modes, reasons: verdict.reasons };

const isOf = ({ conditions }: GateReport["run"], side: "baseline" | "candidate", engine: string): boolean =>
  conditions?.[side].vllmVersion === engine;

/** Prompts that a side answers rightly at temperature 0. */
function rightOf(answers: GateReport["answers"], side: "baseline" | "candidate"): number {
  const isRight = (one: GateReport["answers"][number]) =>
    one.side === side && one.mode === "greedy" && one.take === 1 && one.status === "pass";
  return answers.filter(isRight).length;
}

/** One line of what was seen. */
export function gateText({ run, answers }: GateReport): string {
  const invalid = answers.filter(({ status }) => status === "invalid").length;
  const right = (side: "baseline" | "candidate") => `${rightOf(answers, side)} of ${PROMPTS}`;
  return [
    `${answers.length} answers, ${invalid} of them invalid`,
    `greedy the live version is right on ${right("baseline")} and the other on ${right("candidate")}`,
    `verdict ${run.verdict?.outcome ?? "none"} (greedy ${run.verdict?.modes.greedy.outcome}, sampled ${run.verdict?.modes.sampled.outcome})`,
  ].join("; ");
}
