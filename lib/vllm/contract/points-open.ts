import {
  cards,
  chat,
  complete,
  firstTokens,
  isListed,
  isSameAnswer,
  load,
  mustLoad,
  post,
  refusal,
  refused,
} from "./ask.ts";
import type { Point } from "./point.ts";

const unauthorized = '{"error":"Unauthorized"}';

/** §1.3: what a key guards, and what it does not. */
export const AUTH_POINTS: readonly Point[] = [
  {
    id: "auth.guarded",
    section: "1.3",
    says: "Without the key, every path under /v1 is 401 with `error` as a plain string.",
    needs: { key: true },
    async check(node) {
      const replies = [
        await node.send("GET", "/v1/models", { key: null }),
        await post(node, "/v1/completions", { model: node.baseModel, prompt: "x", max_tokens: 1 }, { key: null }),
        await post(node, "/v1/load_lora_adapter", { lora_name: "x", lora_path: "/x" }, { key: null }),
        await post(node, "/v1/unload_lora_adapter", { lora_name: "x" }, { key: null }),
        await node.send("GET", "/v1/nothing", { key: null }),
      ];
      return {
        statuses: replies.map(({ status }) => status),
        same: replies.every(({ text }) => text === unauthorized),
      };
    },
    expects: { statuses: [401, 401, 401, 401, 401], same: true },
  },
  {
    id: "auth.wrong-key",
    section: "1.3",
    says: "A wrong key is 401 as well.",
    needs: { key: true },
    async check(node) {
      const { status, text } = await node.send("GET", "/v1/models", { key: "sk-of-somebody-else" });
      return { status, text };
    },
    expects: { status: 401, text: unauthorized },
  },
  {
    id: "auth.one-key-for-all",
    section: "1.3",
    says: "The key of inference is the key of loading: any client may load.",
    needs: { key: true },
    async check(node) {
      const name = node.name("client");
      const answered = await complete(node, node.baseModel);
      return { inference: answered.status, load: (await load(node, name, "good-a")).status };
    },
    expects: { inference: 200, load: 200 },
  },
  {
    id: "auth.not-guarded",
    section: "1.3",
    says: "/health /ping /version /load /metrics /tokenize /detokenize ask for no key.",
    needs: { key: true },
    async check(node) {
      const open = ["/health", "/ping", "/version", "/load", "/metrics"];
      const statuses = [];
      for (const path of open) statuses.push((await node.send("GET", path, { key: null })).status);
      statuses.push((await post(node, "/tokenize", { model: node.baseModel, prompt: "x" }, { key: null })).status);
      statuses.push((await post(node, "/detokenize", { model: node.baseModel, tokens: [5] }, { key: null })).status);
      return { statuses };
    },
    expects: { statuses: [200, 200, 200, 200, 200, 200, 200] },
  },
  {
    id: "auth.adapters-bypass",
    section: "1.3",
    says: "POST and DELETE /adapters load and unload without any key.",
    needs: { key: true },
    async check(node) {
      const name = node.name("bypass");
      const loaded = await post(node, "/adapters", { name, src: node.directory("good-a") }, { key: null });
      const listed = await isListed(node, name);
      const gone = await node.send("DELETE", `/adapters/${name}`, { key: null });
      return {
        load: loaded.status,
        says: loaded.text.replace(name, "<name>"),
        listed,
        unload: gone.status,
        listedAfter: await isListed(node, name),
      };
    },
    expects: { load: 200, says: "Adapter <name> registered", listed: true, unload: 200, listedAfter: false },
  },
  {
    id: "auth.invocations-bypass",
    section: "1.3",
    says: "POST /invocations answers questions without any key.",
    needs: { key: true },
    async check(node) {
      const body = { model: node.baseModel, messages: [{ role: "user", content: "Hello!" }], max_tokens: 2 };
      const reply = await post(node, "/invocations", body, { key: null });
      return { status: reply.status, isChat: reply.text.includes('"chat.completion"') };
    },
    expects: { status: 200, isChat: true },
  },
];

/** §2: the other endpoints. */
export const ENDPOINT_POINTS: readonly Point[] = [
  {
    id: "models.base-card",
    section: "2",
    says: "The base's card: its own id, the model's path as root, no parent, the sequence limit.",
    async check(node) {
      const [base] = await cards(node);
      return {
        isBase: base?.id === node.baseModel,
        parent: base?.parent ?? null,
        hasRoot: typeof base?.root === "string",
        hasLimit: typeof base?.max_model_len === "number",
      };
    },
    expects: { isBase: true, parent: null, hasRoot: true, hasLimit: true },
  },
  {
    id: "models.lora-card",
    section: "2",
    says: "An adapter's card: the path exactly as sent, the base as parent, no sequence limit.",
    async check(node) {
      const name = node.name("card");
      const path = `${node.directory("good-a")}/`;
      await post(node, "/v1/load_lora_adapter", { lora_name: name, lora_path: path });
      const card = (await cards(node)).find(({ id }) => id === name);
      return {
        rootIsPathSent: card?.root === path,
        parentIsBase: card?.parent === node.baseModel,
        maxModelLen: card?.max_model_len ?? null,
      };
    },
    expects: { rootIsPathSent: true, parentIsBase: true, maxModelLen: null },
  },
  {
    id: "models.order",
    section: "2",
    says: "Cards stand in the order of loading, the base first.",
    async check(node) {
      const names = [
        await mustLoad(node, "z", "good-a"),
        await mustLoad(node, "a", "good-b"),
        await mustLoad(node, "m", "good-a"),
      ];
      const listed = (await cards(node)).map(({ id }) => id);
      return {
        inOrder: JSON.stringify(listed.slice(-3)) === JSON.stringify(names),
        baseFirst: listed[0] === node.baseModel,
      };
    },
    expects: { inOrder: true, baseFirst: true },
  },
  {
    id: "models.changing-fields",
    section: "2",
    says: "`created` is the time of the call and permission ids are random: whole lists are never equal.",
    async check(node) {
      type Full = { data: { created: number; permission: { id: string }[] }[] };
      const read = async () => JSON.parse((await node.send("GET", "/v1/models")).text) as Full;
      const first = await read();
      await node.sleep(1100);
      const second = await read();
      return {
        createdMoves: (second.data[0]?.created ?? 0) > (first.data[0]?.created ?? 0),
        permissionDiffers: second.data[0]?.permission[0]?.id !== first.data[0]?.permission[0]?.id,
      };
    },
    expects: { createdMoves: true, permissionDiffers: true },
  },
  {
    id: "endpoints.health",
    section: "2",
    says: "/health and /ping answer 200 with an empty body, /ping to POST too.",
    async check(node) {
      const replies = [
        await node.send("GET", "/health"),
        await node.send("GET", "/ping"),
        await node.send("POST", "/ping"),
      ];
      return { statuses: replies.map(({ status }) => status), empty: replies.every(({ text }) => text === "") };
    },
    expects: { statuses: [200, 200, 200], empty: true },
  },
  {
    id: "endpoints.version",
    section: "2",
    says: "/version is one field.",
    async check(node) {
      const { status, text } = await node.send("GET", "/version");
      return { status, isRelease: /^\{"version":"\d+\.\d+\.\d+[^"]*"\}$/.test(text) };
    },
    expects: { status: 200, isRelease: true },
  },
  {
    id: "endpoints.load",
    section: "2",
    says: "/load is one number, 0 unless load tracking was switched on.",
    async check(node) {
      const { status, text } = await node.send("GET", "/load");
      return { status, text };
    },
    expects: { status: 200, text: '{"server_load":0}' },
  },
  {
    id: "endpoints.developer-mode",
    section: "2",
    says: "Without developer mode there is no /tokenizer_info, /server_info, /reset_prefix_cache, /collective_rpc, /sleep.",
    async check(node) {
      const statuses = [];
      for (const path of ["/tokenizer_info", "/server_info"]) statuses.push((await node.send("GET", path)).status);
      for (const path of ["/reset_prefix_cache", "/collective_rpc", "/sleep"])
        statuses.push((await post(node, path, {})).status);
      return { statuses };
    },
    expects: { statuses: [404, 404, 404, 404, 404] },
  },
  {
    id: "endpoints.unknown",
    section: "2",
    says: "An unknown path is 404 in the framework's own shape.",
    async check(node) {
      const { status, text } = await node.send("GET", "/v1/nothing");
      return { status, text };
    },
    expects: { status: 404, text: '{"detail":"Not Found"}' },
  },
  {
    id: "tokenize.prompt",
    section: "2",
    says: "/tokenize counts, gives the ids and the sequence limit; /detokenize gives the text back.",
    async check(node) {
      const prompt = "Where is my order A1042? Zürich, 東京 🙂";
      const reply = await post(node, "/tokenize", { model: node.baseModel, prompt });
      const { count, tokens, max_model_len, token_strs } = JSON.parse(reply.text) as {
        count: number;
        tokens: number[];
        max_model_len: unknown;
        token_strs: unknown;
      };
      const back = await post(node, "/detokenize", { model: node.baseModel, tokens: tokens.slice(1) });
      return {
        countIsLength: count === tokens.length,
        hasLimit: typeof max_model_len === "number",
        tokenStrs: token_strs === null ? null : "list",
        roundTrip: (JSON.parse(back.text) as { prompt: string }).prompt === prompt,
      };
    },
    expects: { countIsLength: true, hasLimit: true, tokenStrs: null, roundTrip: true },
  },
  {
    id: "tokenize.adapter",
    section: "2",
    says: "/tokenize takes an adapter's name and uses the base's tokenizer.",
    async check(node) {
      const name = await mustLoad(node, "tok", "good-a");
      const [base, adapter] = [
        await post(node, "/tokenize", { model: node.baseModel, prompt: "Where is my order A1042?" }),
        await post(node, "/tokenize", { model: name, prompt: "Where is my order A1042?" }),
      ];
      return { status: adapter.status, same: base.text === adapter.text };
    },
    expects: { status: 200, same: true },
  },
];

const MISSING_MODEL = "does not exist";

/** How requests name adapters, and what replies say. */
export const INFERENCE_POINTS: readonly Point[] = [
  {
    id: "inference.unknown-model",
    section: "1.2",
    says: "An unknown name is 404 with param `model`, in completions and in chat.",
    async check(node) {
      const name = node.name("nobody");
      const chatted = await chat(node, name);
      return { ...refusal(await complete(node, name), MISSING_MODEL), chat: chatted.status };
    },
    expects: { ...refused(404, "NotFoundError", MISSING_MODEL, "model"), chat: 404 },
  },
  {
    id: "inference.alias-list",
    section: "1.2",
    says: "Since 0.32 the message of an unknown name lists the base's aliases, and no adapter.",
    async check(node) {
      const loaded = await mustLoad(node, "alias", "good-a");
      const { text } = await complete(node, node.name("nobody"));
      return { listsBase: text.includes(`Valid aliases: ${node.baseModel}`), listsAdapter: text.includes(loaded) };
    },
    expects: ({ minor }) => ({ listsBase: minor >= 32, listsAdapter: false }),
  },
  {
    id: "inference.model-echo",
    section: "3.4",
    says: "`model` of a reply is the name that served it, the adapter's or the base's.",
    async check(node) {
      const name = await mustLoad(node, "echo", "good-a");
      const modelOf = (text: string) => (JSON.parse(text) as { model: string }).model;
      return {
        completion: modelOf((await complete(node, name)).text) === name,
        chat: modelOf((await chat(node, name)).text) === name,
        base: modelOf((await complete(node, node.baseModel)).text) === node.baseModel,
      };
    },
    expects: { completion: true, chat: true, base: true },
  },
  {
    id: "inference.after-unload",
    section: "4.5",
    says: "After an unload the name is 404 at once.",
    async check(node) {
      const name = await mustLoad(node, "gone", "good-a");
      await post(node, "/v1/unload_lora_adapter", { lora_name: name });
      return refusal(await complete(node, name), MISSING_MODEL);
    },
    expects: refused(404, "NotFoundError", MISSING_MODEL, "model"),
  },
  {
    id: "inference.too-many-logprobs",
    section: "8",
    says: "More than 20 log-probabilities are 400.",
    check: async (node) => refusal(await complete(node, node.baseModel, { logprobs: 21 }), "max allowed: 20"),
    expects: refused(400, "BadRequestError", "max allowed: 20", "logprobs"),
  },
  {
    id: "inference.list-of-prompts",
    section: "5",
    says: "A list of prompts is answered in one reply, one choice each, and repeating it gives the same numbers.",
    async check(node) {
      const name = await mustLoad(node, "probe", "good-a");
      const [first, second] = [await firstTokens(node, name), await firstTokens(node, name)];
      // Three prompts, five alternatives each, an id and a number per alternative; the token itself may be a sixth.
      return { answered: (first?.length ?? 0) >= 30, repeats: isSameAnswer(first, second) };
    },
    expects: { answered: true, repeats: true },
  },
  {
    id: "inference.stream",
    section: "2",
    says: "A stream is server-sent events that name the adapter and end with [DONE].",
    async check(node) {
      const name = await mustLoad(node, "stream", "good-a");
      const reply = await chat(node, name, { stream: true });
      return {
        status: reply.status,
        contentType: reply.contentType?.split(";")[0] ?? null,
        names: reply.text.includes(`"model":"${name}"`),
        ends: reply.text.endsWith("data: [DONE]\n\n"),
      };
    },
    expects: { status: 200, contentType: "text/event-stream", names: true, ends: true },
  },
];
