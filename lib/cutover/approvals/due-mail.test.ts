import fc from "fast-check";
import { expect, it } from "vitest";
import { type AddressState, mayTry, owedMail } from "./due-mail.ts";

const at = (minute: number) => new Date(minute * 60_000);
const NEW: AddressState = { address: "ann@example.com", askedAt: null, remindedAt: null, tries: 0, nextTryAt: null };

it("asks first, reminds once it is due, and then leaves alone", () => {
  expect(owedMail(NEW, at(60), at(0))).toBe("asked");
  const asked = { ...NEW, askedAt: at(1) };
  expect(owedMail(asked, at(60), at(59))).toBeNull();
  expect(owedMail(asked, at(60), at(60))).toBe("reminder");
  expect(owedMail({ ...asked, remindedAt: at(61) }, at(60), at(62))).toBeNull();
  expect(owedMail(asked, null, at(99))).toBeNull();
});

it("sends no address more than one of each, whenever the loop runs and whatever is refused", () => {
  const turn = fc.record({ minute: fc.nat({ max: 200 }), accepted: fc.boolean() });
  fc.assert(
    fc.property(fc.array(turn), fc.option(fc.nat({ max: 200 }), { nil: null }), (turns, remindMinute) => {
      const remindAt = remindMinute === null ? null : at(remindMinute);
      let state = NEW;
      const sent: string[] = [];
      for (const { minute, accepted } of turns.toSorted((a, b) => a.minute - b.minute)) {
        const owed = owedMail(state, remindAt, at(minute));
        if (owed === null || !accepted) continue;
        sent.push(owed);
        state = { ...state, ...(owed === "asked" ? { askedAt: at(minute) } : { remindedAt: at(minute) }) };
      }
      expect(["", "asked", "asked,reminder"]).toContain(sent.join(","));
    }),
  );
});

it("an address that refused waits until its next try", () => {
  expect(mayTry({ ...NEW, tries: 1, nextTryAt: at(5) }, at(4))).toBe(false);
  expect(mayTry({ ...NEW, tries: 1, nextTryAt: at(5) }, at(5))).toBe(true);
});
