import { cards, complete, isListed, load, loadPath, mustLoad, post, refusal, refused, unload } from "./ask.ts";
import type { Facts, Point, Release } from "./point.ts";

const USER_ERROR = "InvalidUserInput";

/** A success is plain text without a content type, not JSON. */
const success = { status: 200, contentType: null } as const;

/** Requests of the two endpoints, and what they answer when the adapter itself is not the matter. */
export const LOAD_POINTS: readonly Point[] = [
  {
    id: "load.success",
    section: "1.2",
    says: "A load answers 200 with a plain sentence and no content type.",
    async check(node) {
      const name = node.name("ok");
      const { status, contentType, text } = await load(node, name, "good-a");
      return { status, contentType, text: text.replace(name, "<name>"), listed: await isListed(node, name) };
    },
    expects: { ...success, text: "Success: LoRA adapter '<name>' added successfully.", listed: true },
  },
  {
    id: "unload.success",
    section: "1.2",
    says: "An unload answers 200 with a plain sentence and the name is gone from the list.",
    async check(node) {
      const name = await mustLoad(node, "ok", "good-a");
      const { status, contentType, text } = await unload(node, name);
      return { status, contentType, text: text.replace(name, "<name>"), listed: await isListed(node, name) };
    },
    expects: { ...success, text: "Success: LoRA adapter '<name>' removed successfully.", listed: false },
  },
  {
    id: "load.field-missing",
    section: "1.2",
    says: "A missing field is 400 with its place in `param`.",
    check: async (node) => refusal(await post(node, "/v1/load_lora_adapter", { lora_name: "x" }), "1 validation error"),
    expects: refused(400, "Bad Request", "1 validation error", "body.lora_path"),
  },
  {
    id: "load.field-wrong-type",
    section: "1.2",
    says: "A field of another type is 400 with its place in `param`.",
    check: async (node) =>
      refusal(await post(node, "/v1/load_lora_adapter", { lora_name: 7, lora_path: "/x" }), "1 validation error"),
    expects: refused(400, "Bad Request", "1 validation error", "body.lora_name"),
  },
  {
    id: "load.not-json",
    section: "1.2",
    says: "A body that is no JSON is 400.",
    async check(node) {
      const headers = { "content-type": "application/json" };
      const { status } = await node.send("POST", "/v1/load_lora_adapter", { body: '{"lora_name":', headers });
      return { status };
    },
    expects: { status: 400 },
  },
  {
    id: "load.content-type",
    section: "1.1",
    says: "Another content type than JSON is 400.",
    async check(node) {
      const options = { body: '{"lora_name":"x","lora_path":"/y"}', headers: { "content-type": "text/plain" } };
      return refusal(await node.send("POST", "/v1/load_lora_adapter", options), "Unsupported Media Type");
    },
    expects: refused(400, "Bad Request", "Unsupported Media Type"),
  },
  {
    id: "load.method",
    section: "1.1",
    says: "GET on the load endpoint is 405 in the framework's own shape.",
    async check(node) {
      const { status, text } = await node.send("GET", "/v1/load_lora_adapter");
      return { status, text };
    },
    expects: { status: 405, text: '{"detail":"Method Not Allowed"}' },
  },
  {
    id: "load.empty-name",
    section: "1.2",
    says: "An empty name is 400.",
    check: async (node) => refusal(await load(node, "", "good-a"), "must be provided"),
    expects: refused(400, USER_ERROR, "must be provided"),
  },
  {
    id: "load.empty-path",
    section: "1.2",
    says: "An empty path is 400; this is how one asks whether the endpoint exists without loading anything.",
    check: async (node) => refusal(await loadPath(node, node.name("empty"), ""), "must be provided"),
    expects: refused(400, USER_ERROR, "must be provided"),
  },
  {
    id: "load.twice",
    section: "1.2",
    says: "A name that is loaded already is 400, whatever the path.",
    async check(node) {
      const name = await mustLoad(node, "twice", "good-a");
      return refusal(await load(node, name, "good-b"), "already been loaded");
    },
    expects: refused(400, USER_ERROR, "already been loaded"),
  },
  {
    id: "load.unknown-field",
    section: "1.1",
    says: "Unknown fields are ignored: a misspelt load_inplace is no in-place load.",
    async check(node) {
      const name = await mustLoad(node, "typo", "good-a");
      const reply = await load(node, name, "good-b", { load_in_place: true });
      const card = (await cards(node)).find(({ id }) => id === name);
      return { ...refusal(reply, "already been loaded"), keepsPath: card?.root === node.directory("good-a") };
    },
    expects: { ...refused(400, USER_ERROR, "already been loaded"), keepsPath: true },
  },
  {
    id: "load.base-name",
    section: "1.2",
    says: "The base model's name: refused since 0.32; before, the adapter shadows the base.",
    async check(node) {
      const reply = await load(node, node.baseModel, "good-a");
      return reply.status === 200 ? { status: 200 } : refusal(reply, "conflicts with a served base model");
    },
    expects: ({ minor }) =>
      minor >= 32 ? refused(400, USER_ERROR, "conflicts with a served base model") : { status: 200 },
  },
  {
    id: "load.same-name-at-once",
    section: "1.1",
    says: "Two loads of one name at once: one wins, the other finds it loaded.",
    async check(node) {
      const name = node.name("race");
      const replies = await Promise.all([load(node, name, "good-a"), load(node, name, "good-a")]);
      return { statuses: replies.map(({ status }) => status).sort(), listed: await isListed(node, name) };
    },
    expects: { statuses: [200, 400], listed: true },
  },
  {
    id: "load.two-names-at-once",
    section: "1.1",
    says: "Loads of different names may run at once.",
    async check(node) {
      const names = [node.name("one"), node.name("two")];
      const kinds = ["good-a", "good-b"] as const;
      const replies = await Promise.all(kinds.map((kind, at) => load(node, names[at] ?? "", kind)));
      return { statuses: replies.map(({ status }) => status) };
    },
    expects: { statuses: [200, 200] },
  },
  {
    id: "load.long-name",
    section: "1.1",
    says: "A name of 300 characters is taken, listed and answers.",
    async check(node) {
      const name = `${node.name("long")}-${"n".repeat(300)}`;
      const { status } = await load(node, name, "good-a");
      return { status, listed: await isListed(node, name), answers: (await complete(node, name)).status };
    },
    expects: { status: 200, listed: true, answers: 200 },
  },
  {
    id: "load.odd-name",
    section: "3.2",
    says: "A name with a comma, a blank or a slash is taken as well; in labels that join names it is then ambiguous.",
    async check(node) {
      const name = `${node.name("odd")},a b/c`;
      const { status } = await load(node, name, "good-a");
      return { status, listed: await isListed(node, name), unloads: (await unload(node, name)).status };
    },
    expects: { status: 200, listed: true, unloads: 200 },
  },
  {
    id: "load.relative-path",
    section: "1.1",
    says: "A path that is not absolute and not there is taken for a model hub's id; offline it is not found.",
    check: async (node) => refusal(await loadPath(node, node.name("hub"), "acme/support-bot"), "No adapter found"),
    expects: refused(404, "NotFoundError", "No adapter found"),
  },
  {
    id: "load.hides-paths",
    section: "1.2",
    says: "Messages hide paths under /tmp, /var, /home and others.",
    async check(node) {
      const path = "/var/lib/adapters/nothing-here";
      const { text } = await loadPath(node, node.name("hidden"), path);
      return { showsPath: text.includes(path), says: text.includes("<path>") };
    },
    expects: ({ minor }) => (minor >= 27 ? { showsPath: false, says: true } : { showsPath: true, says: false }),
  },
  {
    id: "unload.unknown",
    section: "1.2",
    says: "Unloading a name that is not loaded is 404.",
    check: async (node) => refusal(await unload(node, node.name("nobody")), "cannot be found"),
    expects: ({ minor }) =>
      minor >= 7 ? refused(404, "NotFoundError", "cannot be found") : refused(400, USER_ERROR, "cannot be found"),
  },
  {
    id: "unload.empty-name",
    section: "1.2",
    says: "Unloading an empty name is 400.",
    check: async (node) => refusal(await unload(node, ""), "needs to be provided"),
    expects: refused(400, USER_ERROR, "needs to be provided"),
  },
  {
    id: "unload.field-missing",
    section: "1.2",
    says: "Unloading without a name is 400 with its place in `param`.",
    check: async (node) => refusal(await post(node, "/v1/unload_lora_adapter", {}), "1 validation error"),
    expects: refused(400, "Bad Request", "1 validation error", "body.lora_name"),
  },
  {
    id: "unload.int-id",
    section: "1.1",
    says: "lora_int_id of an unload is accepted and ignored.",
    async check(node) {
      const name = await mustLoad(node, "int", "good-a");
      const reply = await post(node, "/v1/unload_lora_adapter", { lora_name: name, lora_int_id: 99_999 });
      return { status: reply.status };
    },
    expects: { status: 200 },
  },
  {
    id: "load.updates-off",
    section: "1.1",
    says: "Without VLLM_ALLOW_RUNTIME_LORA_UPDATING neither endpoint exists, nor /adapters.",
    needs: { start: { allowsRuntimeLora: false } },
    async check(node) {
      const loaded = await load(node, "x", "good-a");
      const unloaded = await unload(node, "x");
      const adapters = await post(node, "/adapters", { name: "x", src: node.directory("good-a") });
      return { load: loaded.status, body: loaded.text, unload: unloaded.status, adapters: adapters.status };
    },
    expects: { load: 404, body: '{"detail":"Not Found"}', unload: 404, adapters: 404 },
  },
  {
    id: "load.lora-off",
    section: "1.1",
    says: "Without --enable-lora the endpoint exists and every load is 500.",
    needs: { start: { enablesLora: false } },
    check: async (node) => refusal(await load(node, "x", "good-a"), "not enabled"),
    expects: refused(500, "InternalServerError", "not enabled"),
  },
];

/** What a refused adapter answers in a release. */
export function refusedAdapter({ minor }: Release, word: string): Facts {
  if (minor < 7) return { status: 200, listed: true };
  const facts = minor < 18 ? refused(400, "BadRequestError", word) : refused(500, "InternalServerError", word);
  return { ...facts, listed: false };
}
