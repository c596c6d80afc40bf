import * as z from "zod";

/** A reply as the guarded outbound gives it; null = there was none. */
export type SeenReply = { status: number; headers: Readonly<Record<string, string>>; body: string };

export type EndpointVerdict = { ok: boolean; message: string; fix: string | null };

const ModelList = z.object({ data: z.array(z.object({ id: z.string() })) });
const ChatReply = z.object({ choices: z.array(z.unknown()).min(1) });
const ErrorReply = z.object({ error: z.object({ code: z.union([z.string(), z.number()]).nullish() }) });

const readJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
};

/** Names of the models in a reply to `/models`; null = it does not tell. */
export function modelsIn(reply: SeenReply | null): string[] | null {
  if (reply?.status !== 200) return null;
  const list = ModelList.safeParse(readJson(reply.body));
  return list.success ? list.data.data.map(({ id }) => id) : null;
}

/** What of an error's text may be repeated: its code, where that is a plain word. */
function codeIn(body: string): string | null {
  const error = ErrorReply.safeParse(readJson(body));
  const code = error.success ? error.data.error.code : null;
  return typeof code === "string" && /^[A-Za-z0-9_.-]{1,60}$/.test(code) ? code : null;
}

const no = (message: string, fix: string): EndpointVerdict => ({ ok: false, message, fix });

/**
 * What one small chat's reply says of an endpoint, and what to do about it. Nothing of its text is repeated but a code.
 * @param model that was asked for @param models that it lists; null = it does not tell
 */
export function judgeChat(
  { name, model, models }: { name: string; model: string; models: readonly string[] | null },
  reply: SeenReply,
): EndpointVerdict {
  const { status, body } = reply;
  const code = codeIn(body);
  const said = code === null ? `${status}` : `${status}, ${code}`;
  if (status === 200)
    return ChatReply.safeParse(readJson(body)).success
      ? { ok: true, message: `${name} answers chats with ${model}.`, fix: null }
      : no(`${name} answers 200, but with no chat completion.`, "Check the base URL: most end with /v1.");
  if (status >= 300 && status < 400)
    return no(`${name} sends us elsewhere (${said}); Switchyard follows no redirect.`, "Give the final address.");
  if (status === 401 || status === 403) return no(`${name} refuses the key (${said}).`, "Enter its key again.");
  if (status === 429)
    return no(`${name} answers, but takes no more requests now (${said}).`, "Wait, or raise its limits.");
  if (status === 404 || code === "model_not_found") return unknownThere(name, model, models, said);
  if (status >= 500) return no(`${name} fails (${said}).`, "See its own log, then test again.");
  return no(`${name} refuses a plain chat (${said}).`, "Check the model, and that it speaks OpenAI's chat API.");
}

function unknownThere(name: string, model: string, models: readonly string[] | null, said: string): EndpointVerdict {
  if (models === null)
    return no(`${name} knows no chats at this address (${said}).`, "Check the base URL: most end with /v1.");
  const choice = models.length === 0 ? "" : `: ${models.slice(0, 5).join(", ")}`;
  return no(`${name} does not know the model ${model} (${said}).`, `Ask for one that it lists${choice}.`);
}
