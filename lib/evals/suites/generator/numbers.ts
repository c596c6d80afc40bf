import { idParams, nameOf } from "./catalogue.ts";
import { type Category, call, system, text, tool, turn, user } from "./draft.ts";
import { idOf, type World } from "./world.ts";

const inWords = [
  "zero",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
];

function numberTools(world: World) {
  const { item } = world;
  const ids = idParams(world);
  const itemId = text(`Id of the ${item.one}`);
  const weight = tool(`set_${item.one}_weight`, `Record the weight that belongs to one ${item.one}.`, {
    [ids.item]: itemId,
    weight_kg: { type: "number", description: "Weight in kilograms" },
  });
  const duration = tool(`set_${item.one}_duration`, `Record how long one ${item.one} takes.`, {
    [ids.item]: itemId,
    duration_minutes: { type: "integer", description: "Minutes" },
  });
  const reference = tool(`set_${item.one}_reference`, `Record the external reference number of one ${item.one}.`, {
    [ids.item]: itemId,
    reference: { type: "integer", description: "The number, all digits" },
  });
  const adjust = tool(
    `adjust_${item.one}_count`,
    `Change the count of one ${item.one} by a difference: below zero takes away.`,
    {
      [ids.item]: itemId,
      difference: { type: "integer" },
    },
  );
  return { weight, duration, reference, adjust };
}

/** Digits, units, signs, and an integer that no double can hold. */
export const numbers: Category = {
  id: "numbers",
  title: "Numbers, units and big integers",
  draft({ world, random, index }) {
    const ids = idParams(world);
    const id = idOf(world.item, random);
    const { weight, duration, reference, adjust } = numberTools(world);
    const big = BigInt(random.int(100_000_000, 999_999_999)) * 10_000_000_000n + BigInt(random.int(1, 999_999_999));
    const [grams, hours, count, cents] = [
      random.int(2, 89) * 50,
      random.int(2, 9),
      random.int(2, 12),
      random.int(101, 9999),
    ];
    const thousands = random.int(2, 48) * 1000 + random.int(100, 999);
    const grouped = `${Math.floor(thousands / 1000)},${String(thousands % 1000).padStart(3, "0")}`;
    const kilos = (cents / 100).toFixed(2);
    const { ask, made, reason } = turn(
      [
        {
          ask: `The weight for ${id} is ${grams} grams.`,
          made: call(nameOf(weight), { [ids.item]: id, weight_kg: grams / 1000 }),
          reason: "grams into kilograms",
        },
        {
          ask: `${id} takes ${hours} and a half hours.`,
          made: call(nameOf(duration), { [ids.item]: id, duration_minutes: hours * 60 + 30 }),
          reason: "hours into minutes",
        },
        {
          ask: `The external reference of ${id} is ${big}.`,
          made: call(nameOf(reference), { [ids.item]: id, reference: big }),
          reason: "every digit counts: the number is beyond 2^53",
        },
        {
          ask: `Take ${inWords[count]} off the count of ${id}.`,
          made: call(nameOf(adjust), { [ids.item]: id, difference: -count }),
          reason: "a number word, below zero",
        },
        {
          ask: `Weight of ${id}: ${kilos.replace(".", ",")} kg (we write the comma as decimal sign).`,
          made: call(nameOf(weight), { [ids.item]: id, weight_kg: Number(kilos) }),
          reason: "decimal comma",
        },
        {
          ask: `Weight of ${id}: ${grouped} kg (the comma groups thousands).`,
          made: call(nameOf(weight), { [ids.item]: id, weight_kg: thousands }),
          reason: "grouped thousands",
        },
      ],
      index,
    );
    const tools = random.shuffle([weight, duration, reference, adjust]);
    return { messages: [system(world), user(ask)], tools, expected: { calls: [made], reason } };
  },
};
