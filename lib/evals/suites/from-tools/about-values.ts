import { user } from "../generator/draft.ts";
import { calling, callingNothing, pickOf, type ToolCategory } from "./category.ts";
import { type DrawnCall, drawCall, isAllowed, paramsWhere } from "./draw-call.ts";
import { details, formatCall, formatValue, spelledOut } from "./format-call.ts";
import { isFreeText, mainType, type Param } from "./view-tool.ts";

const choicesOf = (param: Param): string[] =>
  Array.isArray(param.schema.enum) ? param.schema.enum.filter((choice) => typeof choice === "string") : [];

/** One value of a list, beside others that are close to it. */
export const enumNearMisses: ToolCategory = {
  id: "enum_near_misses",
  title: "One value of a list, and its neighbours",
  needs: "a parameter with a list of values (enum)",
  draft(setting) {
    const { tools, random, index } = setting;
    const found = pickOf(
      paramsWhere(tools, (param) => choicesOf(param).length > 1),
      random,
    );
    if (!found) return null;
    const { tool, param } = found;
    const [value = "", other = ""] = random.sample(choicesOf(param), 2);
    const drawn = drawCall(tool, random, { given: { [param.name]: value } });
    if (!drawn) return null;
    const spec = formatCall(drawn, random);
    const asks = [
      `${spec}\nMind the ${param.name}: "${value}", exactly so.`,
      `${spec}\nOn the old form the ${param.name} was "${other}"; that no longer holds.`,
      `Not "${value.toUpperCase()}s" or anything like it, but "${value}" as ${param.name}, please.\n${spec}`,
    ];
    const reason = `"${value}" is said, and is one of the values that ${param.name} takes`;
    return calling(setting, [user(asks[index % asks.length] ?? spec)], [drawn], { reason });
  },
};

const BIG = [9_007_199_254_740_993n, 20_000_000_001n, 4_294_967_296n];

function strangeNumber(param: Param, at: number): number | bigint | null {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = param.schema;
  const isBound = [minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf].some((rule) => rule !== undefined);
  if (isBound) return null;
  if (mainType(param.schema) === "integer") return [BIG[at % BIG.length] ?? 0n, -17, 0][at % 3] ?? 0;
  return [0.1, -273.15, 1_250_000.5, 0][at % 4] ?? 0;
}

/** Large, negative, broken and at the limit: numbers keep their value and their type. */
export const numbers: ToolCategory = {
  id: "numbers",
  title: "Numbers that invite mistakes",
  needs: "a parameter of type number or integer",
  draft(setting) {
    const { tools, random, index } = setting;
    const found = pickOf(
      paramsWhere(tools, ({ kind }) => kind === "number"),
      random,
    );
    if (!found) return null;
    const { tool, param } = found;
    const { minimum, maximum } = param.schema;
    const limits = [minimum, maximum].filter((value) => typeof value === "number");
    const at = Math.floor(index / 2);
    const given =
      index % 2 === 0 ? null : (strangeNumber(param, at) ?? limits[at % Math.max(1, limits.length)] ?? null);
    const drawn = drawCall(tool, random, given === null ? { with: [param.name] } : { given: { [param.name]: given } });
    if (!drawn) return null;
    const value = formatValue(drawn.args[param.name] ?? null);
    const asks = [`The ${param.name} is ${value}, not rounded.`, `${param.name} means ${value}, as a number.`];
    const ask = `${formatCall(drawn, random)}\n${asks[index % asks.length] ?? ""}`;
    return calling(setting, [user(ask)], [drawn], { reason: `${value} is said, digit by digit` });
  },
};

/** Days and moments, as they have to be written. */
export const dates: ToolCategory = {
  id: "dates",
  title: "Days and moments",
  needs: "a parameter that holds a date or a moment (format date or date-time)",
  draft(setting) {
    const { tools, random, index } = setting;
    const found = pickOf(
      paramsWhere(tools, ({ kind }) => kind === "date" || kind === "instant"),
      random,
    );
    if (!found) return null;
    const { tool, param } = found;
    const drawn = drawCall(tool, random, { with: [param.name] });
    if (!drawn) return null;
    const value = formatValue(drawn.args[param.name] ?? null);
    const asks = [
      `Today is Monday, 5 January 2026. ${formatCall(drawn, random)}`,
      `${formatCall(drawn, random)}\nIt is ${value} that counts for ${param.name}, not today.`,
      `${formatCall(drawn, random)}\nWrite the ${param.name} with its year first, as I did.`,
    ];
    const moment = param.kind === "instant" ? "; any offset that names the same moment is right" : "";
    const reason = `${value} is said${moment}`;
    return calling(setting, [user(asks[index % asks.length] ?? "")], [drawn], { reason });
  },
};

const SCRIPTS = [
  "يرجى الاتصال قبل الوصول",
  "お届け前に電話してください",
  "请在到达前打电话",
  "Zürich ≠ Zurich, straße ≠ strasse",
  "👩‍👩‍👧 family of three, 2️⃣ bells",
  "Path is C:\\keys\\gate, not /keys/gate",
  "He said \"no\" twice, then 'maybe'",
  "First line\nSecond line",
  "50 % off — “today” only… ½ price",
  "Đặng Thị Hồng & Zoë Faßbinder",
  "Позвоните заранее",
  "आने से पहले फ़ोन करें",
];

/** Scripts, marks and what JSON has to escape: text arrives as it was given. */
export const unicodeText: ToolCategory = {
  id: "unicode_text",
  title: "Scripts, marks and escapes",
  needs: "a parameter of free text",
  draft(setting) {
    const { tools, random } = setting;
    const found = pickOf(paramsWhere(tools, isFreeText), random);
    if (!found) return null;
    const { tool, param } = found;
    const text = `${random.pick(SCRIPTS)} ${random.int(2, 99)}`;
    const drawn = drawCall(tool, random, { given: { [param.name]: text } });
    if (!drawn) return null;
    const rest = { tool, args: Object.fromEntries(Object.entries(drawn.args).filter(([name]) => name !== param.name)) };
    const ask = `${formatCall(rest, random)}\nAnd as ${param.name}, exactly what stands between the marks: «${text}»`;
    return calling(setting, [user(ask)], [drawn], { reason: "the text has to arrive unchanged" });
  },
};

/** Objects and lists inside arguments, told part by part. */
export const nestedArguments: ToolCategory = {
  id: "nested_arguments",
  title: "Objects and lists, told part by part",
  needs: "a parameter that is an object or a list",
  draft(setting) {
    const { tools, random } = setting;
    const found = pickOf(
      paramsWhere(tools, ({ kind }) => kind === "object" || kind === "list"),
      random,
    );
    if (!found) return null;
    const drawn = drawCall(found.tool, random, { with: [found.param.name], optional: 0.5 });
    if (!drawn) return null;
    const ask = formatCall(drawn, random, spelledOut(drawn));
    return calling(setting, [user(ask)], [drawn], { reason: "every part has its place, entries in the order given" });
  },
};

/** Left out, spelled out, or explicitly empty. */
export const defaultOrNull: ToolCategory = {
  id: "default_or_null",
  title: "Defaults, null, and nothing at all",
  needs: "an optional parameter, with a default or nullable",
  draft(setting) {
    const { tools, random, index } = setting;
    const found = pickOf(
      paramsWhere(tools, (param) => !param.isRequired && (param.hasDefault || param.isNullable)),
      random,
    );
    if (!found) return null;
    const { tool, param } = found;
    const isSpelled = index % 2 === 0;
    if (!isSpelled) {
      const drawn = drawCall({ ...tool, params: tool.params.filter((other) => other !== param) }, random);
      if (!drawn) return null;
      const ask = `${formatCall(drawn, random)}\nNothing is to be said about ${param.name}.`;
      return calling(setting, [user(ask)], [{ ...drawn, tool }], {
        reason: `${param.name} may be left out, or have its default`,
      });
    }
    const value = param.hasDefault ? param.schema.default : null;
    const drawn = drawCall(tool, random, { given: { [param.name]: value as null } });
    if (!drawn) return null;
    const reason = param.hasDefault ? "the value is the default: leaving it out is the same" : "null is said";
    return calling(setting, [user(formatCall(drawn, random))], [drawn], { reason });
  },
};

/** What the user wants is something that the tool's schema does not allow. */
export const schemaConflict: ToolCategory = {
  id: "schema_conflict",
  title: "A wish that the schema does not allow",
  needs: "a required parameter with a list of values, or with a limit",
  draft(setting) {
    const { tools, random } = setting;
    const found = pickOf(
      paramsWhere(
        tools,
        (param) => param.isRequired && (choicesOf(param).length > 0 || typeof param.schema.maximum === "number"),
      ),
      random,
    );
    if (!found) return null;
    const { tool, param } = found;
    const drawn = drawCall(tool, random);
    if (!drawn) return null;
    const { maximum } = param.schema;
    const value =
      typeof maximum === "number"
        ? maximum + random.int(1, 500)
        : `${random.pick(["ultra", "semi", "pseudo", "trans"])}_${random.pick(choicesOf(param))}`;
    const spec: DrawnCall = { tool, args: { ...drawn.args, [param.name]: value } };
    if (isAllowed(spec)) return null;
    const ask = `${tool.purpose}, please. ${details(spec).join("; ")}. The ${param.name} has to be ${formatValue(value)} and nothing else.`;
    const reason = `${param.name} cannot be ${formatValue(value)}: the right answer says so and calls nothing`;
    return callingNothing(setting, [user(ask)], [tool], reason);
  },
};
