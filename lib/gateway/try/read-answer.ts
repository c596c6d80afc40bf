import * as z from "zod";

/** A piece of an answer as it came; `tool` is a call's name, then its arguments. */
export type Piece = { kind: "text" | "tool"; text: string };
export type Tokens = { prompt: number; completion: number };

/** Takes an answer apart while it comes, in one body or as server-sent events. Pieces are in the order of the bytes. */
export type AnswerReader = {
  add(text: string): Piece[];
  /** What only the whole could tell. */
  end(): Piece[];
  tokens(): Tokens | null;
  /** What a stream said went wrong after it had begun. */
  error(): string | null;
};

const Call = z.object({
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }),
});
const Part = z.object({ content: z.string().nullish(), tool_calls: z.array(Call).nullish() });
const Answer = z.object({
  choices: z.array(z.object({ delta: Part.optional(), message: Part.optional() })).default([]),
  usage: z.object({ prompt_tokens: z.number().int(), completion_tokens: z.number().int() }).nullish(),
});
const StreamError = z.object({ error: z.object({ message: z.string() }) });

export function createAnswerReader(isStream: boolean): AnswerReader {
  let rest = "";
  let tokens: Tokens | null = null;
  let error: string | null = null;
  let hasCalled = false;
  const pieceOfCall = ({ function: called }: z.output<typeof Call>): Piece[] => {
    const name = called.name ? `${hasCalled ? "\n" : ""}${called.name} ` : "";
    hasCalled ||= name !== "";
    const text = name + (called.arguments ?? "");
    return text === "" ? [] : [{ kind: "tool", text }];
  };
  const read = (json: string): Piece[] => {
    const value = parse(json);
    const failed = StreamError.safeParse(value);
    if (failed.success) error = failed.data.error.message;
    const answer = Answer.safeParse(value);
    if (!answer.success) return [];
    const { usage, choices } = answer.data;
    if (usage) tokens = { prompt: usage.prompt_tokens, completion: usage.completion_tokens };
    return choices.flatMap(({ delta, message }) => {
      const part = delta ?? message;
      const text = part?.content ?? "";
      return [
        ...(text === "" ? [] : [{ kind: "text" as const, text }]),
        ...(part?.tool_calls ?? []).flatMap(pieceOfCall),
      ];
    });
  };
  return {
    add(text) {
      rest += text;
      if (!isStream) return [];
      const events = rest.split(/\r?\n\r?\n/);
      rest = events.pop() ?? "";
      return events.flatMap(dataOf).flatMap(read);
    },
    end: () => (isStream ? dataOf(rest).flatMap(read) : read(rest)),
    tokens: () => tokens,
    error: () => error,
  };
}

/** The data of one event; the last of a stream is `[DONE]`, which is no JSON and says nothing. */
const dataOf = (event: string): string[] =>
  event
    .split(/\r?\n/)
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice("data:".length).trim());

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null; // not an answer: nothing is shown of it
  }
}
