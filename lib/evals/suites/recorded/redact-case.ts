import type { CaseInput } from "../../browser/suite-schema.ts";
import { type ArgumentNode, isArrayNode, isNumberNode, isObjectNode, printNode } from "../../scoring/argument-node.ts";
import { parseArguments } from "../../scoring/parse-arguments.ts";
import { findPersonal } from "./find-personal.ts";
import { Pseudonyms, type Rng } from "./pseudonyms.ts";

/**
 * Replaces what may tell who somebody is, in question and answer alike, so that the answer still follows from the question:
 * what has a shape of its own (`find-personal`), what the customer named, and what an argument says is a name or an address.
 * Names that no argument tells stay: whoever allows recording is told so, and sees every prompt before it is used.
 *
 * @param words what the customer named; whole words or phrases, in any letter case
 */
export function redactCase(input: CaseInput, words: readonly string[], rng: Rng): CaseInput {
  const answers = allCalls(input).map((call) => parseArguments(call.arguments));
  const nodes = answers.flatMap((answer) => (answer.ok ? [answer.node] : []));
  const choices = choicesOf(input.tools);
  const redactor = new Redactor({
    words,
    kept: [...choices].filter((choice) => findPersonal(choice, []).length > 0),
    names: namesIn(nodes).filter((name) => !choices.has(name)),
    rng,
  });
  const texts = [...input.messages.map(({ content }) => content ?? ""), ...nodes.flatMap(leavesOf)];
  redactor.learn(texts);
  const call = <T extends { arguments: string }>(made: T): T => ({
    ...made,
    arguments: redactArguments(made.arguments, choices, redactor),
  });
  return {
    ...input,
    messages: input.messages.map((message) => ({
      ...message,
      content: message.content === null ? null : redactor.redact(message.content),
      ...(message.tool_calls
        ? { tool_calls: message.tool_calls.map((made) => ({ ...made, function: call(made.function) })) }
        : {}),
    })),
    expected: { ...input.expected, calls: input.expected.calls.map(call) },
  };
}

const allCalls = ({ messages, expected }: CaseInput): { arguments: string }[] => [
  ...messages.flatMap(({ tool_calls: made = [] }) => made.map((call) => call.function)),
  ...expected.calls,
];

function redactArguments(text: string, choices: ReadonlySet<string>, redactor: Redactor): string {
  const read = parseArguments(text);
  if (!read.ok) return redactor.redact(text);
  const redact = (node: ArgumentNode): ArgumentNode => {
    if (typeof node === "string") return choices.has(node) ? node : redactor.redact(node);
    if (node === null || typeof node === "boolean") return node;
    if (isNumberNode(node)) return { ...node, lexeme: redactor.redact(node.lexeme) };
    if (isArrayNode(node)) return node.map(redact);
    return new Map([...node].map(([key, value]) => [key, redact(value)]));
  };
  return printNode(redact(read.node));
}

/** The texts of a value: its strings, and its numbers as they are written. */
function leavesOf(node: ArgumentNode): string[] {
  if (typeof node === "string") return [node];
  if (node === null || typeof node === "boolean") return [];
  if (isNumberNode(node)) return [node.lexeme];
  return (isObjectNode(node) ? [...node.values()] : node).flatMap(leavesOf);
}

/** Every value that a tool's schema lists: a choice is of the tool, not of a person. */
function choicesOf(tools: CaseInput["tools"]): ReadonlySet<string> {
  const choices = new Set<string>();
  const walk = (schema: unknown): void => {
    if (Array.isArray(schema)) for (const part of schema) walk(part);
    else if (typeof schema === "object" && schema !== null)
      for (const [keyword, part] of Object.entries(schema)) {
        if (keyword === "enum" && Array.isArray(part)) for (const one of part) choices.add(String(one));
        else if (keyword === "const") choices.add(String(part));
        else walk(part);
      }
  };
  for (const tool of tools) walk(tool.function.parameters);
  return choices;
}

const PERSON_KEY =
  /^(?:(?:full|first|last|middle|given|family|maiden|customer|client|contact|person|patient|user|guest|passenger|employee|recipient|owner|holder|member|sender|attendee)?s?names?|surname|(?:home|street|postal|billing|shipping|delivery)?address|street)$/;
const isPersonKey = (key: string): boolean => PERSON_KEY.test(key.toLowerCase().replaceAll(/[^a-z]/g, ""));

/** Words that begin with a capital, of values whose key says that they are of a person. */
function namesIn(nodes: readonly ArgumentNode[]): string[] {
  const names = new Set<string>();
  const walk = (node: ArgumentNode, isPerson: boolean): void => {
    if (typeof node === "string") {
      if (isPerson) for (const [word] of node.matchAll(/(?<![\p{L}\p{N}])\p{Lu}[\p{L}'’-]{1,40}/gu)) names.add(word);
    } else if (node === null || typeof node === "boolean" || isNumberNode(node)) return;
    else if (isObjectNode(node)) for (const [key, value] of node) walk(value, isPersonKey(key));
    else for (const value of node) walk(value, isPerson);
  };
  for (const node of nodes) walk(node, false);
  return [...names];
}

type Known = { words: readonly string[]; kept: readonly string[]; names: readonly string[]; rng: Rng };

/** One exchange's redaction: learns what is in it first, so that parts of a number follow the whole. */
class Redactor {
  readonly #known: Known;
  readonly #pseudonyms: Pseudonyms;
  readonly #names: RegExp | null;

  constructor(known: Known) {
    this.#known = known;
    this.#pseudonyms = new Pseudonyms(known.rng);
    const names = known.names.toSorted((a, b) => b.length - a.length);
    this.#names =
      names.length === 0 ? null : new RegExp(`(?<![\\p{L}\\p{N}])(?:${names.join("|")})(?![\\p{L}\\p{N}])`, "gu");
  }

  learn(texts: readonly string[]): void {
    const numbers = texts.flatMap((text) =>
      this.#find(text).flatMap(({ kind, text: found }) => (kind === "digits" ? [found.replaceAll(/\D/g, "")] : [])),
    );
    for (const digits of numbers.sort((a, b) => b.length - a.length)) this.#pseudonyms.number(digits);
  }

  redact(text: string): string {
    let redacted = "";
    let from = 0;
    for (const { kind, start, end, text: found } of this.#find(text)) {
      redacted += this.#redactRest(text.slice(from, start)) + this.#pseudonyms.of(kind, found);
      from = end;
    }
    return redacted + this.#redactRest(text.slice(from));
  }

  #find(text: string) {
    return findPersonal(text, this.#known.words, this.#known.kept);
  }

  /** Between what was found: names as arguments spell them, and what is said of a known number. */
  #redactRest(text: string): string {
    const named = this.#names ? text.replaceAll(this.#names, (name) => this.#pseudonyms.of("word", name)) : text;
    return named.replaceAll(/(?<!\d)\d{4}(?![\d-])/g, (digits) => this.#pseudonyms.part(digits) ?? digits);
  }
}
