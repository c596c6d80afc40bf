import { everydayTools, idParams, nameOf } from "./catalogue.ts";
import { type Category, call, system, turn, user } from "./draft.ts";
import { idOf } from "./world.ts";

type Phrases = {
  status: (id: string) => string;
  cancel: (id: string) => string;
  note: (id: string, note: string) => string;
  text: string;
};

const languages: readonly Phrases[] = [
  {
    status: (id) => `Wie ist der aktuelle Status von ${id}?`,
    cancel: (id) => `Bitte storniere ${id}.`,
    note: (id, note) => `Füge zu ${id} die Notiz „${note}“ hinzu.`,
    text: "Bitte vorher anrufen",
  },
  {
    status: (id) => `Quel est le statut actuel de ${id} ?`,
    cancel: (id) => `Annule ${id}, s'il te plaît.`,
    note: (id, note) => `Ajoute à ${id} la note « ${note} ».`,
    text: "Appeler avant de venir",
  },
  {
    status: (id) => `¿Cuál es el estado actual de ${id}?`,
    cancel: (id) => `Cancela ${id}, por favor.`,
    note: (id, note) => `Añade a ${id} la nota «${note}».`,
    text: "Llamar antes de venir",
  },
  {
    status: (id) => `${id}の現在のステータスを教えてください。`,
    cancel: (id) => `${id}をキャンセルしてください。`,
    note: (id, note) => `${id}に「${note}」というメモを追加してください。`,
    text: "事前に電話してください",
  },
  {
    status: (id) => `${id} 现在的状态是什么？`,
    cancel: (id) => `请取消 ${id}。`,
    note: (id, note) => `请给 ${id} 添加备注：“${note}”。`,
    text: "请提前打电话",
  },
  {
    status: (id) => `ما هي الحالة الحالية لـ ${id}؟`,
    cancel: (id) => `ألغِ ${id} من فضلك.`,
    note: (id, note) => `أضف إلى ${id} الملاحظة «${note}».`,
    text: "يرجى الاتصال مسبقًا",
  },
  {
    status: (id) => `${id} की वर्तमान स्थिति क्या है?`,
    cancel: (id) => `कृपया ${id} को रद्द करें।`,
    note: (id, note) => `${id} में यह नोट जोड़ें: “${note}”।`,
    text: "आने से पहले फ़ोन करें",
  },
  {
    status: (id) => `Какой сейчас статус у ${id}?`,
    cancel: (id) => `Отмените, пожалуйста, ${id}.`,
    note: (id, note) => `Добавьте к ${id} заметку «${note}».`,
    text: "Позвоните заранее",
  },
  {
    status: (id) => `${id} için güncel durum nedir?`,
    cancel: (id) => `Lütfen ${id} kaydını iptal et.`,
    note: (id, note) => `${id} kaydına “${note}” notunu ekle.`,
    text: "Gelmeden önce arayın",
  },
  {
    status: (id) => `Qual é o estado atual de ${id}?`,
    cancel: (id) => `Cancele ${id}, por favor.`,
    note: (id, note) => `Adicione a ${id} a nota “${note}”.`,
    text: "Ligar antes de vir",
  },
  {
    status: (id) => `Ποια είναι η τρέχουσα κατάσταση του ${id};`,
    cancel: (id) => `Ακύρωσε το ${id}, παρακαλώ.`,
    note: (id, note) => `Πρόσθεσε στο ${id} τη σημείωση «${note}».`,
    text: "Καλέστε πριν έρθετε",
  },
];

/** The user changes the language; tools, ids and values do not. */
export const languageSwitch: Category = {
  id: "language_switch",
  title: "Another language than the tools'",
  draft({ world, random, index }) {
    const ids = idParams(world);
    const id = idOf(world.item, random);
    const tools = everydayTools(world);
    const phrases = turn(languages, index);
    const { ask, made } = random.pick([
      { ask: phrases.status(id), made: call(nameOf(tools.status), { [ids.item]: id }) },
      { ask: phrases.cancel(id), made: call(nameOf(tools.cancel), { [ids.item]: id }) },
      { ask: phrases.note(id, phrases.text), made: call(nameOf(tools.note), { [ids.item]: id, text: phrases.text }) },
    ]);
    const expected = {
      calls: [made],
      reason: "the language changes neither tool nor values; a note keeps its language",
    };
    return { messages: [system(world), user(ask)], tools: random.shuffle(Object.values(tools)), expected };
  },
};
