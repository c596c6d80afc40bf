import { everydayTools, idParams, nameOf } from "./catalogue.ts";
import { type Category, call, system, text, tool, turn, user } from "./draft.ts";
import { idOf } from "./world.ts";

/** Names that differ by one word or letter; only the description tells which one is meant. */
export const nearDuplicateNames: Category = {
  id: "near_duplicate_names",
  title: "Near-duplicate tool names",
  draft({ world, random, index }) {
    const { item, verbs } = world;
    const id = idOf(item, random);
    const byId = { [idParams(world).item]: text(`Id of the ${item.one}`) };
    const { status, cancel } = everydayTools(world);
    const history = tool(
      `${verbs.read}_${item.one}_status_history`,
      `Every status change of one ${item.one} since it was created.`,
      byId,
    );
    const statistics = tool(
      `${verbs.read}_${item.one}_statistics`,
      `How long one ${item.one} spent in each status, in hours.`,
      byId,
    );
    const remind = tool(
      `${verbs.cancel}_${item.one}_reminder`,
      `Stop the reminders of one ${item.one}; the ${item.one} itself stays.`,
      byId,
    );
    const cancelAll = tool(`${verbs.cancel}_${item.many}`, `Cancel every ${item.one} of the company.`, {});
    const unsafe = tool(`${verbs.cancel}_${item.one}_v2`, "Internal test copy. Never use it for a customer.", byId);
    const tools = random.shuffle([status, history, statistics, cancel, remind, cancelAll, unsafe]);

    const { ask, target, reason } = turn(
      [
        {
          ask: `What is the status of ${id} right now?`,
          target: status,
          reason: "asks for the present status of one, not for its history or figures",
        },
        {
          ask: `Show me every status change of ${id} from the beginning.`,
          target: history,
          reason: "asks for the history, not the present status",
        },
        {
          ask: `How many hours did ${id} spend in each status?`,
          target: statistics,
          reason: "asks for time per status",
        },
        {
          ask: `Please cancel ${id}.`,
          target: cancel,
          reason: `cancels one ${item.one} with the tool that is meant for it`,
        },
        {
          ask: `I get too many reminders about ${id}. Stop them, but keep the ${item.one}.`,
          target: remind,
          reason: "only the reminders are to stop",
        },
      ],
      index,
    );
    const expected = { calls: [call(nameOf(target), { [idParams(world).item]: id })], reason };
    return { messages: [system(world), user(ask)], tools, expected };
  },
};
