import { hashText, unitOf } from "../hash.ts";
import { plausibleText, refusalText } from "./plausible-text.ts";
import { type Answer, type Behaviour, behaviourOf, type Scenario } from "./scenario.ts";
import { type Tool, validCall } from "./valid-call.ts";

/** What the model says: calls, or text when there are none. `arguments` is JSON text. */
export type Reply = { calls: readonly { name: string; arguments: string }[]; text: string };

export type Question = {
  scenario: Scenario;
  /** sha256 of the adapter's weights; null = the base model. */
  digest: string | null;
  promptHash: string;
  tools: readonly Tool[];
  toolChoice: { kind: "auto" } | { kind: "none" } | { kind: "required" } | { kind: "named"; name: string };
  /** 0 = greedy. */
  temperature: number;
  /** The request's `seed`; null = none was sent. */
  seed: number | null;
  /** Differs per request and process: what a GPU's atomics do to greedy decoding. */
  nonce: number;
};

/**
 * The answer to a chat prompt. Known prompts follow the answer key and the adapter's behaviour; unknown ones get a call
 * that is valid under the tool's schema, the same whichever adapter answers.
 */
export function decideAnswer(question: Question): Reply {
  const { scenario, promptHash, toolChoice } = question;
  const answer = toolChoice.kind === "none" ? undefined : scenario.answers[promptHash];
  if (answer === undefined) return unknownPrompt(question);
  const behaviour = behaviourOf(scenario, question.digest);
  return isRight(behaviour, answer, question) ? rightAnswer(answer, promptHash) : wrongAnswer(answer, question);
}

function isRight(behaviour: Behaviour, answer: Answer, question: Question): boolean {
  if (behaviour.brokenCategories.includes(answer.category)) return false;
  const { promptHash, digest, temperature, seed, nonce } = question;
  const salt = behaviour.salt ?? digest ?? "base";
  if (unitOf("flake", salt, promptHash) < behaviour.flake) {
    const toss = temperature > 0 && seed !== null ? seed : nonce;
    return unitOf("toss", digest ?? "base", promptHash, toss) < 0.5;
  }
  return unitOf("skill", salt, promptHash) < behaviour.skill;
}

const rightAnswer = (answer: Answer, promptHash: string): Reply => ({
  calls: answer.calls,
  text: answer.calls.length > 0 ? "" : (answer.text ?? refusalText(promptHash)),
});

/** The mistakes models make, one per prompt: another tool, a changed value, a call where none is due, none where one is. */
function wrongAnswer(answer: Answer, { tools, promptHash }: Question): Reply {
  const choice = hashText(promptHash, 7);
  const [first, ...others] = answer.calls;
  if (first === undefined) {
    const call = validCall(tools, choice);
    return call ? { calls: [call], text: "" } : { calls: [{ name: "answer", arguments: "{}" }], text: "" };
  }
  const changed = choice % 3 === 0 ? null : changedArguments(first.arguments, choice);
  if (changed !== null) return { calls: [{ ...first, arguments: changed }, ...others], text: "" };
  if (choice % 4 === 0) return { calls: others, text: others.length > 0 ? "" : refusalText(promptHash) };
  const names = tools.map((tool) => tool.function.name).filter((name) => name !== first.name);
  const name = names[choice % Math.max(1, names.length)] ?? `${first.name}_v2`;
  return { calls: [{ ...first, name }, ...others], text: "" };
}

/** One value of the arguments changed for good; null when there is none to change. */
function changedArguments(text: string, choice: number): string | null {
  const values = JSON.parse(text) as Record<string, unknown>;
  const keys = Object.keys(values).sort();
  const key = keys[choice % Math.max(1, keys.length)];
  if (key === undefined) return null;
  return JSON.stringify({ ...values, [key]: changedValue(values[key]) });
}

function changedValue(value: unknown): unknown {
  switch (typeof value) {
    case "string":
      return `${value} (unverified)`;
    case "number":
      return value + 1;
    case "boolean":
      return !value;
    default:
      return Array.isArray(value) ? [...value, "unverified"] : { ...(value as object | null), unverified: true };
  }
}

function unknownPrompt({ promptHash, tools, toolChoice }: Question): Reply {
  const offered = toolChoice.kind === "named" ? tools.filter((tool) => tool.function.name === toolChoice.name) : tools;
  const call = toolChoice.kind === "none" ? null : validCall(offered, hashText(promptHash));
  return call === null ? { calls: [], text: plausibleText(promptHash) } : { calls: [call], text: "" };
}
