import { everydayTools, idParams, nameOf } from "./catalogue.ts";
import { type Category, call, choice, system, text, tool, turn, user } from "./draft.ts";
import { idOf, pickState } from "./world.ts";

/** The user's words are not the schema's words: the value must be one of the list, letter for letter. */
export const enumNearMisses: Category = {
  id: "enum_near_misses",
  title: "Enum near-misses and synonyms",
  draft({ world, random, index }) {
    const { item } = world;
    const ids = idParams(world);
    const id = idOf(item, random);
    const itemId = text(`Id of the ${item.one}`);
    const { setStatus, status } = everydayTools(world);
    const { state, says } = pickState(world, random);
    const priority = tool(
      `set_${item.one}_priority`,
      `Set the priority of one ${item.one}. P1 is the most urgent, P4 the least.`,
      {
        [ids.item]: itemId,
        priority: choice("Priority", ["P1", "P2", "P3", "P4"]),
      },
    );
    const notify = tool("notify_customer", `Send the customer of one ${item.one} a message.`, {
      [ids.item]: itemId,
      channel: choice("How", ["email", "email_digest", "sms", "voice_call", "postal_letter"]),
    });
    const channel = random.pick([
      { value: "sms", says: "by text message" },
      { value: "voice_call", says: "by ringing them up" },
      { value: "postal_letter", says: "with a letter in the post" },
      { value: "email", says: "with an e-mail right away, not the digest" },
    ]);
    const urgency = random.pick([
      { value: "P1", says: "the most urgent thing we have" },
      { value: "P4", says: "the least urgent of all" },
    ]);
    const { ask, made, reason } = turn(
      [
        {
          ask: `Just in: ${id} ${says}. Update its status.`,
          made: call(nameOf(setStatus), { [ids.item]: id, status: state.value }),
          reason: `means ${state.value}`,
        },
        {
          ask: `${id} is ${urgency.says}. Set its priority.`,
          made: call(nameOf(priority), { [ids.item]: id, priority: urgency.value }),
          reason: `means ${urgency.value}`,
        },
        {
          ask: `Tell the customer of ${id} about it ${channel.says}.`,
          made: call(nameOf(notify), { [ids.item]: id, channel: channel.value }),
          reason: `means ${channel.value}`,
        },
      ],
      index,
    );
    const tools = random.shuffle([setStatus, status, priority, notify]);
    return { messages: [system(world), user(ask)], tools, expected: { calls: [made], reason } };
  },
};
