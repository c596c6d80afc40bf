/** What one request holds, as the form has it. */
export type TrySample = {
  /** null = the tenant's default. */
  model: string | null;
  prompt: string;
  tools: readonly unknown[];
  maxTokens: number;
  stream: boolean;
};

const DEFAULT_MODEL = "default";

const bodyOf = ({ model, prompt, tools, maxTokens, stream }: TrySample) => ({
  model: model ?? DEFAULT_MODEL,
  messages: [{ role: "user", content: prompt }],
  ...(tools.length === 0 ? {} : { tools }),
  max_tokens: maxTokens,
  ...(stream ? { stream: true } : {}),
});

/** For a shell: one argument in single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The same request as a customer's program sends it; the key is theirs. */
export const asCurl = (gatewayUrl: string, sample: TrySample): string =>
  [
    `curl ${sample.stream ? "-N " : ""}${gatewayUrl}/v1/chat/completions \\`,
    '  -H "authorization: Bearer $API_KEY" -H "content-type: application/json" \\',
    `  -d ${quoted(JSON.stringify(bodyOf(sample)))}`,
  ].join("\n");

/** The same with the official client. */
export function asPython(gatewayUrl: string, sample: TrySample): string {
  const fields = Object.entries(bodyOf(sample)).map(([name, value]) => `    ${name}=${python(value)},`);
  return [
    "import os",
    "from openai import OpenAI",
    "",
    `client = OpenAI(base_url=${python(`${gatewayUrl}/v1`)}, api_key=os.environ["API_KEY"])`,
    "reply = client.chat.completions.create(",
    ...fields,
    ")",
    ...(sample.stream
      ? ["for chunk in reply:", "    if chunk.choices:", '        print(chunk.choices[0].delta.content or "", end="")']
      : ["print(reply.choices[0].message)"]),
  ].join("\n");
}

/** A JSON value as Python writes it: the same but for three words. */
function python(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object")
    return `{${Object.entries(value)
      .map(([name, inner]) => `${JSON.stringify(name)}: ${python(inner)}`)
      .join(", ")}}`;
  return JSON.stringify(value);
}
