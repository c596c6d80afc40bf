import { expect, it } from "vitest";
import { waysToClose } from "./dialog-panel.tsx";

/** Whether the dialog stays open after this event. */
const stays = (wouldLose: boolean, way: "onEscapeKeyDown" | "onInteractOutside"): boolean => {
  const event = new Event("close", { cancelable: true });
  waysToClose(() => wouldLose)[way](event);
  return event.defaultPrevented;
};

it("keeps a dialog open that would lose something, on Esc and on a click beside it", () => {
  expect([stays(true, "onEscapeKeyDown"), stays(true, "onInteractOutside")]).toEqual([true, true]);
  expect([stays(false, "onEscapeKeyDown"), stays(false, "onInteractOutside")]).toEqual([false, false]);
});
