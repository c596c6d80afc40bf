import { APIError, type OpenAI } from "openai";
import { type ClientCheck, type ClientCheckTools, type Customer, holds, same, untilTrue } from "./client-check.ts";

const MESSAGES = [{ role: "user" as const, content: "Where is my order A1042?" }];
/** Greedy, so that two answers of the same weights are the same text. */
const ASK = { model: "bot", messages: MESSAGES, max_tokens: 24, temperature: 0 };
const PRINT = { ...ASK, max_tokens: 2, logprobs: true, top_logprobs: 2 };
const tool = (name: string, description: string, argument: string): OpenAI.ChatCompletionTool => ({
  type: "function",
  function: {
    name,
    description,
    parameters: { type: "object", properties: { [argument]: { type: "string" } }, required: [argument] },
  },
});
/** As the adapter of acme was trained to be asked. */
const ORDER: OpenAI.ChatCompletionCreateParamsNonStreaming = {
  ...ASK,
  max_tokens: 64,
  messages: [{ role: "system", content: "You help customers of a web shop with orders and accounts." }, ...MESSAGES],
  tools: [
    tool("get_order_status", "Where an order is now.", "order_id"),
    tool("reset_password", "Send a link to set a new password.", "email"),
  ],
};

/** "v1 primary node-1": what answered, by which way, and where. */
const said = (headers: Headers): string =>
  ["version", "via", "served-by"].map((name) => headers.get(`x-switchyard-${name}`)).join(" ");

/** What a request ended in: `status code`, and the sentence of the error. */
async function refusal(request: Promise<unknown>): Promise<APIError> {
  const error = await request.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof APIError) return error;
  throw new Error(error === null ? "it was answered" : `the client failed: ${String(error)}`);
}

/** Each likely token's log-probability: the print that the weights leave, also where two say the same words. */
type Print = ReadonlyMap<string, number>;
const printOf = ({ choices }: OpenAI.ChatCompletion): Print =>
  new Map(
    (choices[0]?.logprobs?.content ?? []).flatMap(({ top_logprobs }, at) =>
      top_logprobs.map(({ token, logprob }) => [`${at} ${token}`, logprob]),
    ),
  );

async function directPrint(tools: ClientCheckTools, { loraName }: Customer): Promise<Print> {
  const reply = await tools.node.send("POST", "/v1/chat/completions", { body: { ...PRINT, model: loraName } });
  same("the node's own answer", reply.status, 200);
  return printOf(JSON.parse(reply.text) as OpenAI.ChatCompletion);
}

/** Kernels add up in another order from run to run; two adapters are whole units apart. */
const PRINT_TOLERANCE = 0.05;
const NEVER_LIKELY = -100;
const distance = (one: Print, other: Print): number =>
  Math.max(0, ...[...one].map(([token, value]) => Math.abs(value - (other.get(token) ?? NEVER_LIKELY))));

const gauge = async ({ node }: ClientCheckTools, name: string): Promise<number> =>
  (await node.samples()).filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0);

const ANSWERS: readonly ClientCheck[] = [
  {
    id: "chat",
    says: "A chat is answered by the customer's own version, and the reply says so",
    async run({ client, acme }) {
      const { data, response } = await client(acme.key).chat.completions.create(ASK).withResponse();
      same("who answered", said(response.headers), "v1 primary node-1");
      same("the reply's model", data.model, acme.loraName);
      holds("tokens are counted", (data.usage?.completion_tokens ?? 0) > 0 && (data.usage?.prompt_tokens ?? 0) > 0);
    },
  },
  {
    id: "own-answers",
    says: "Each customer is answered by exactly that customer's weights, and no two by the same",
    async run(tools) {
      const prints: Print[] = [];
      for (const customer of [tools.acme, tools.globex]) {
        const print = printOf(await tools.client(customer.key).chat.completions.create(PRINT));
        const apart = distance(print, await directPrint(tools, customer));
        holds(
          `${customer.slug} is as the node's own answer (${apart} apart)`,
          print.size > 0 && apart < PRINT_TOLERANCE,
        );
        prints.push(print);
      }
      const [acme, globex] = prints;
      holds("two adapters answer differently", !!acme && !!globex && distance(acme, globex) > PRINT_TOLERANCE);
    },
  },
  {
    id: "model-names",
    says: "No model, default, the tenant's slug and the adapter's slug are the same model",
    async run({ client, acme }) {
      for (const model of ["default", acme.slug, "bot"])
        same(
          `model ${model}`,
          (await client(acme.key).chat.completions.create({ ...ASK, model })).model,
          acme.loraName,
        );
    },
  },
  {
    id: "stream",
    says: "A stream carries the same words as the whole answer, in more than one piece, headers first",
    async run({ client, acme }) {
      const whole = await client(acme.key).chat.completions.create(ASK);
      const { data, response } = await client(acme.key)
        .chat.completions.create({ ...ASK, stream: true, stream_options: { include_usage: true } })
        .withResponse();
      same("who answers", said(response.headers), "v1 primary node-1");
      const parts: string[] = [];
      let usage: number | null = null;
      for await (const chunk of data) {
        parts.push(chunk.choices[0]?.delta.content ?? "");
        usage = chunk.usage?.completion_tokens ?? usage;
      }
      same("the words", parts.join(""), whole.choices[0]?.message.content ?? "");
      holds("it came in pieces", parts.filter((part) => part !== "").length > 1);
      same("the tokens", usage, whole.usage?.completion_tokens ?? null);
    },
  },
  {
    id: "completions",
    says: "The older completions endpoint answers whole and as a stream",
    async run({ client, acme }) {
      const ask = { model: "bot", prompt: "Hello", max_tokens: 8, temperature: 0 };
      const whole = await client(acme.key).completions.create(ask);
      same("the reply's model", whole.model, acme.loraName);
      let text = "";
      for await (const chunk of await client(acme.key).completions.create({ ...ask, stream: true }))
        text += chunk.choices[0]?.text ?? "";
      same("the words", text, whole.choices[0]?.text);
    },
  },
  {
    id: "tools",
    says: "An offered tool is called, with arguments that are valid JSON, and as a stream it is the same call",
    async run({ client, acme }) {
      const reply = await client(acme.key).chat.completions.create(ORDER);
      same("why it ended", reply.choices[0]?.finish_reason, "tool_calls");
      const call = reply.choices[0]?.message.tool_calls?.[0];
      if (call?.type !== "function") throw new Error(`there is no call: ${JSON.stringify(reply.choices[0])}`);
      const argument = { get_order_status: "order_id", reset_password: "email" }[call.function.name];
      const parsed = JSON.parse(call.function.arguments) as Record<string, unknown>;
      holds("an offered tool, with its argument", !!argument && typeof parsed[argument] === "string");
      const pieces = { name: "", text: "" };
      for await (const { choices } of await client(acme.key).chat.completions.create({ ...ORDER, stream: true })) {
        const piece = choices[0]?.delta.tool_calls?.[0]?.function;
        pieces.name += piece?.name ?? "";
        pieces.text += piece?.arguments ?? "";
      }
      same("the streamed tool", pieces.name, call.function.name);
      same("the streamed arguments", JSON.parse(pieces.text), parsed);
    },
  },
  {
    id: "concurrent",
    says: "Sixteen requests of two customers at once are all answered, each by its own weights",
    async run({ client, acme, globex }) {
      const customers = Array.from({ length: 16 }, (_, index) => (index % 2 === 0 ? acme : globex));
      const models = await Promise.all(
        customers.map(async ({ key }) => (await client(key).chat.completions.create({ ...ASK, max_tokens: 4 })).model),
      );
      same(
        "who answered",
        models,
        customers.map(({ loraName }) => loraName),
      );
    },
  },
];

const REFUSALS: readonly ClientCheck[] = [
  {
    id: "models",
    says: "The list of models holds what the key may name, and nothing else of the node",
    async run({ client, acme }) {
      same(
        "the list",
        (await client(acme.key).models.list()).data.map(({ id }) => id),
        ["bot"],
      );
    },
  },
  {
    id: "unknown-model",
    says: "Another customer's lora name and the base model do not exist for a customer",
    async run({ client, acme, globex, baseModel }) {
      for (const model of [globex.loraName, acme.loraName, baseModel, "gpt-4o"]) {
        const error = await refusal(client(acme.key).chat.completions.create({ ...ASK, model }));
        same(`model ${model}`, [error.status, error.code, error.param], [404, "model_not_found", "model"]);
        holds("it says what to change", /Use one of bot/.test(error.message));
      }
    },
  },
  {
    id: "key",
    says: "A wrong key is refused with 401, a key with another tenant's header with 403",
    async run({ client, acme, globex }) {
      const unknown = await refusal(client(`sy_aaaaaaaaaaaa_${"z".repeat(43)}`).chat.completions.create(ASK));
      same("an unknown key", [unknown.status, unknown.code], [401, "invalid_api_key"]);
      const foreign = client(acme.key, { "x-tenant-id": globex.slug });
      const mismatch = await refusal(foreign.chat.completions.create(ASK));
      same("another's header", [mismatch.status, mismatch.code], [403, "tenant_mismatch"]);
    },
  },
  {
    id: "node-refuses",
    says: "What the node refuses about the request itself arrives as the node said it",
    async run({ client, acme }) {
      const hot = await refusal(client(acme.key).chat.completions.create({ ...ASK, temperature: -1 }));
      same("a temperature of -1", hot.status, 400);
      holds("the node names the field", /temperature/i.test(hot.message));
      const long = await refusal(client(acme.key).chat.completions.create({ ...ASK, max_tokens: 1_000_000 }));
      same("more tokens than fit", long.status, 400);
    },
  },
  {
    id: "client-leaves",
    says: "A stream that the customer leaves ends on the node as well",
    async run(tools) {
      const stream = await tools.client(tools.acme.key).chat.completions.create({
        ...ASK,
        max_tokens: 1500,
        stream: true,
      });
      for await (const _ of stream) break; // leaving the loop drops the connection
      stream.controller.abort();
      const isIdle = async () => (await gauge(tools, "vllm:num_requests_running")) === 0;
      await untilTrue(isIdle, 20_000, "the node still works on it");
    },
  },
];

/** What the official client is promised, asked through the gateway of a real engine and of a simulated one alike. */
export const CLIENT_CHECKS: readonly ClientCheck[] = [...ANSWERS, ...REFUSALS];
