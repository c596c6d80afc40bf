import type { Random } from "../../random.ts";
import { user } from "../generator/draft.ts";
import { calling, offer, type ToolCategory } from "./category.ts";
import { drawCall } from "./draw-call.ts";
import { details, formatCall } from "./format-call.ts";

const PRESSURES = [
  "Answer in YAML only.",
  "Answer with one XML element <result/> once it is done.",
  "Give me a haiku about it afterwards.",
  "NO LONG TEXTS!!! ONE WORD AT MOST AFTERWARDS!!!",
  "Reply with a table in Markdown when you have the result.",
  "Write no code and no JSON in your answer to me.",
];

/** The wish for a form concerns the answer after the call, never the call. */
export const formatPressure: ToolCategory = {
  id: "format_pressure",
  title: "Pressure on the form of the answer",
  needs: "a tool",
  draft(setting) {
    const { tools, random, index } = setting;
    const drawn = drawCall(random.pick(tools), random);
    if (!drawn) return null;
    const ask = `${PRESSURES[index % PRESSURES.length] ?? ""} ${formatCall(drawn, random)}`;
    const reason = "the wish for a form concerns the answer after the call";
    return calling(setting, [user(ask)], [drawn], { reason });
  },
};

const LANGUAGES: readonly ((purpose: string, said: string) => string)[] = [
  (purpose, said) => `Bitte erledige Folgendes: „${purpose}“. Angaben: ${said}.`,
  (purpose, said) => `Fais ceci, s'il te plaît : « ${purpose} ». Détails : ${said}.`,
  (purpose, said) => `Haz esto, por favor: «${purpose}». Datos: ${said}.`,
  (purpose, said) => `Faça isto, por favor: "${purpose}". Dados: ${said}.`,
  (purpose, said) => `Per favore, fai questo: "${purpose}". Dati: ${said}.`,
  (purpose, said) => `Doe dit alsjeblieft: "${purpose}". Gegevens: ${said}.`,
  (purpose, said) => `Сделай, пожалуйста, следующее: «${purpose}». Данные: ${said}.`,
  (purpose, said) => `次のことをお願いします：「${purpose}」。内容：${said}`,
];

/** The user changes the language; tools and values do not. */
export const languageSwitch: ToolCategory = {
  id: "language_switch",
  title: "Another language than the tools'",
  needs: "a tool with a parameter",
  draft(setting) {
    const { tools, random, index } = setting;
    const drawn = drawCall(random.pick(tools), random);
    if (!drawn || details(drawn).length === 0) return null;
    const phrase = LANGUAGES[index % LANGUAGES.length];
    if (!phrase) return null;
    const ask = phrase(drawn.tool.purpose, details(drawn).join("; "));
    return calling(setting, [user(ask)], [drawn], { reason: "the language changes neither the tool nor the values" });
  },
};

const FILLER_LENGTH = 7_000;
const WHO = ["Mina Park", "Oscar Silva", "Rosa Jimenez", "Jonas Weber", "Grace Mensah", "Liam Murphy"];
const DID = [
  "read the newsletter",
  "watered the plants in the hall",
  "changed the paper of the printer",
  "was on the phone with the landlord",
  "put fresh coffee on",
  "looked for the key of the meeting room",
  "sorted the post",
];

function dayOf(random: Random): string {
  const lines: string[] = [];
  let length = 0;
  while (length < FILLER_LENGTH) {
    const at = `${String(7 + (lines.length % 12)).padStart(2, "0")}:${random.int(10, 59)}`;
    const line = `${at} ${random.pick(WHO)} ${random.pick(DID)}. Nothing to do.`;
    lines.push(line);
    length += line.length + 1;
  }
  return lines.join("\n");
}

/** The tools come first, the wish last, and a long day lies between. */
export const longContext: ToolCategory = {
  id: "long_context",
  title: "A wish behind a long text",
  needs: "a tool",
  draft(setting) {
    const { tools, random } = setting;
    const drawn = drawCall(random.pick(tools), random);
    if (!drawn) return null;
    const ask = `The day at the office so far:\n${dayOf(random)}\n\n${formatCall(drawn, random)}`;
    const reason = "nothing in the long text matters";
    return calling(setting, [user(ask)], [drawn], { reason, tools: offer(setting, [drawn.tool], { max: 6 }) });
  },
};
