import { everydayTools } from "./catalogue.ts";
import { type Category, system, turn, user } from "./draft.ts";
import { withArticle } from "./world.ts";

const countries = ["Mongolia", "Peru", "Ghana", "Estonia", "Vietnam", "Uruguay", "Nepal", "Iceland"];
const things = [
  "a tide",
  "a sonnet",
  "an eclipse",
  "a prime number",
  "a glacier",
  "a haiku",
  "an enzyme",
  "a palindrome",
];
const animals = ["a heron", "a hedgehog", "an octopus", "a goat", "a penguin", "a snail"];
const ingredients = ["lentils", "pumpkin", "barley", "aubergine", "chickpeas", "plums"];
const languages = ["Italian", "Swahili", "Polish", "Korean", "Finnish", "Welsh"];

/** None of the tools has anything to do with it. */
export const irrelevantRequest: Category = {
  id: "irrelevant_request",
  title: "No tool fits",
  draft({ world, random, index }) {
    const { item, place, agent } = world;
    const [a, b] = [random.int(12, 98), random.int(12, 98)];
    const [languageA, languageB] = random.sample(languages, 2);
    const ask = turn(
      [
        `What is the capital of ${random.pick(countries)}?`,
        `Write two lines of verse about ${random.pick(animals)} and the number ${a}.`,
        `How much is ${a} times ${b}?`,
        `Explain in one sentence what ${random.pick(things)} is, for a child of ${random.int(5, 12)}.`,
        `I have ${random.pick(ingredients)} and ${a} minutes. What could I cook?`,
        `How do you say "good morning" in ${languageA} and in ${languageB}?`,
        `Just a question about words: what is the difference between ${withArticle(item.one)} and ${withArticle(place.one)}? ${random.pick(world.people)} asked me.`,
        `Would you enjoy the work of ${withArticle(agent.one)} in ${random.pick(world.cities)}? I am curious.`,
        `Please turn the heating in my office up to ${random.int(18, 25)} degrees.`,
      ],
      index,
    );
    const expected = { calls: [], reason: "no tool has anything to do with the request" };
    return {
      messages: [system(world), user(ask)],
      tools: random.shuffle(Object.values(everydayTools(world))),
      expected,
    };
  },
};
