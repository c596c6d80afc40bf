import { everydayTools, idParams, nameOf } from "./catalogue.ts";
import { type Category, call, system, text, tool, turn, user } from "./draft.ts";
import { idOf } from "./world.ts";

/** Right to left, combining marks, joined emoji, other scripts, and what has to be escaped in JSON. */
const texts = [
  "يرجى الاتصال قبل الوصول",
  "נא להתקשר לפני ההגעה",
  "お届け前に電話してください",
  "请在到达前打电话",
  "आने से पहले फ़ोन करें",
  "👩‍👩‍👧 family of three, 2️⃣ bells",
  "Path is C:\\keys\\gate, not /keys/gate",
  "He said \"no\" twice, then 'maybe'",
  "First line\nSecond line\tafter a tab",
  "Ångström, naïve, coöperate, Čeština, ﬁne print",
  "50 % off — “today” only… ½ price",
  "Zürich ≠ Zurich, Ørsted ≠ Orsted, straße ≠ strasse",
] as const;

const names = [
  "Zoë Faßbinder",
  "José Núñez",
  "Đặng Thị Hồng",
  "Škoda Křížová",
  "Ólafur Þórsson",
  "Nguyễn Văn Ánh",
  "Žaneta Łukasik",
];

/** Text must come back as it was given. A name may come back composed or decomposed: both are one text after NFC. */
export const unicodeText: Category = {
  id: "unicode_text",
  title: "Scripts, marks, emoji and escapes",
  draft({ world, random, index }) {
    const { item } = world;
    const ids = idParams(world);
    const id = idOf(item, random);
    const { note, status } = everydayTools(world);
    const contact = tool(`set_${item.one}_contact`, `Set the contact person of one ${item.one}.`, {
      [ids.item]: text(`Id of the ${item.one}`),
      name: text("Full name, with all its marks"),
    });
    const exact = turn(texts, Math.floor(index / 3) + random.int(0, texts.length - 1));
    const name = random.pick(names);
    const { ask, made, reason } = turn(
      [
        {
          ask: `Add this note to ${id}, everything between the marks: «${exact}»`,
          made: call(nameOf(note), { [ids.item]: id, text: exact }),
          reason: "the text has to arrive unchanged",
        },
        {
          ask: `The contact for ${id} is now ${name.normalize("NFD")}.`,
          made: call(nameOf(contact), { [ids.item]: id, name }),
          reason: "typed with combining marks; composed or not is the same name",
        },
        {
          ask: `Note for ${id}, word for word, without the marks: «${exact}»\nIt is from ${random.pick(names)}.`,
          made: call(nameOf(note), { [ids.item]: id, text: exact }),
          reason: "the text has to arrive unchanged, and the sender is not part of it",
        },
      ],
      index,
    );
    return {
      messages: [system(world), user(ask)],
      tools: random.shuffle([note, contact, status]),
      expected: { calls: [made], reason },
    };
  },
};
