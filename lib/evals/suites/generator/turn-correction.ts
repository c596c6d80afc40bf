import type { ChatMessage, ExpectedCall } from "../../eval-case.ts";
import type { Random } from "../../random.ts";
import { everydayTools, idParams, nameOf } from "./catalogue.ts";
import { assistant, type Category, call, pastCall, system, turn, user } from "./draft.ts";
import { idOf, idsOf, pickState, type World, withArticle } from "./world.ts";

type Conversation = { conversation: ChatMessage[]; calls: ExpectedCall[]; reason: string };

function conversations(world: World, random: Random): Conversation[] {
  const { item, place, agent } = world;
  const ids = idParams(world);
  const tools = everydayTools(world);
  const [a = "", b = ""] = idsOf(item, 2, random);
  const [placeA = "", placeB = ""] = idsOf(place, 2, random);
  const agentId = idOf(agent, random);
  const { state, says } = pickState(world, random);
  const moved = (id: string, placeId: string) => call(nameOf(tools.move), { [ids.item]: id, [ids.place]: placeId });
  return [
    {
      conversation: [
        user(`Cancel ${a}.`),
        assistant(`Shall I really cancel ${a}?`),
        user(`No, sorry, I meant ${b}. Cancel that one.`),
      ],
      calls: [call(nameOf(tools.cancel), { [ids.item]: b })],
      reason: "the second id replaces the first",
    },
    {
      conversation: [
        user(`Move ${a} to ${placeA}.`),
        ...pastCall("call_0", moved(a, placeA), '{"ok":true}'),
        assistant("Done."),
        user(`Wrong ${place.one}, my mistake: it belongs to ${placeB}.`),
      ],
      calls: [moved(a, placeB)],
      reason: "the same move again, to the other place",
    },
    {
      conversation: [
        user(`Cancel ${a}.`),
        assistant(`Shall I really cancel ${a}?`),
        user("No. Leave everything as it is, thank you."),
      ],
      calls: [],
      reason: "the wish was taken back",
    },
    {
      conversation: [
        user(`Give ${a} to ${withArticle(agent.one)}.`),
        assistant(`To which ${agent.one}?`),
        user(`${agentId}`),
      ],
      calls: [call(nameOf(tools.assign), { [ids.item]: a, [ids.agent]: agentId })],
      reason: "the last turn brings the value that was missing",
    },
    {
      conversation: [
        user(`${a} ${says}, record it.`),
        assistant(`Recorded for ${a}?`),
        user(`Wait: not ${a}, it is ${b} that ${says}. Nothing has been recorded yet, so record that.`),
      ],
      calls: [call(nameOf(tools.setStatus), { [ids.item]: b, status: state.value })],
      reason: "only the corrected one is recorded",
    },
  ];
}

/** The user changes their mind; only the last word counts. */
export const turnCorrection: Category = {
  id: "turn_correction",
  title: "A correction in a later turn",
  draft({ world, random, index }) {
    const { conversation, calls, reason } = turn(conversations(world, random), index);
    const tools = random.shuffle(Object.values(everydayTools(world)));
    return { messages: [system(world), ...conversation], tools, expected: { calls, reason } };
  },
};
