"use client";

import type { RefObject } from "react";
import { useEffect, useState } from "react";

/**
 * True while the content is wider than its frame. A frame that scrolls sideways also captures the sticky header, so it
 * becomes one only when it must.
 */
export function useOverflowX(frame: RefObject<HTMLElement | null>): boolean {
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const element = frame.current;
    const content = element?.firstElementChild;
    if (!element || !content) return;
    const observer = new ResizeObserver(() => setOverflows(content.scrollWidth > element.clientWidth + 1));
    observer.observe(element);
    observer.observe(content);
    return () => observer.disconnect();
  }, [frame]);
  return overflows;
}

/** True where single keys belong to what is being typed or to an open dialog or menu. */
export const keysAreTaken = (target: EventTarget | null): boolean =>
  document.querySelector('[role="dialog"],[role="alertdialog"],[role="menu"]') !== null ||
  (target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)));

/** The table that single keys walk: the one that has the focus, else the first on the page. */
const isActiveTable = (frame: HTMLElement): boolean => {
  const focused = document.activeElement?.closest("[data-table]") ?? null;
  return focused === null ? document.querySelector("[data-table]") === frame : focused === frame;
};

/** j and k move the focus down and up the rows, x chooses the one that has it; Enter is the row's own link. */
export function useRowKeys(frame: RefObject<HTMLElement | null>, isEnabled: boolean): void {
  useEffect(() => {
    if (!isEnabled) return;
    const onKey = (event: KeyboardEvent) => {
      const element = frame.current;
      if (event.key !== "j" && event.key !== "k" && event.key !== "x") return;
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || keysAreTaken(event.target))
        return;
      if (element === null || !isActiveTable(element)) return;
      const links = [...element.querySelectorAll<HTMLElement>(".row-link")];
      const current = links.findIndex((link) => link.closest("tr")?.contains(document.activeElement));
      if (event.key === "x") return links[current]?.closest("tr")?.querySelector<HTMLElement>("[data-select]")?.click();
      const step = event.key === "j" ? 1 : -1;
      const next = links[current === -1 ? 0 : Math.max(0, Math.min(links.length - 1, current + step))];
      next?.focus();
      next?.scrollIntoView({ block: "nearest" });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [frame, isEnabled]);
}
