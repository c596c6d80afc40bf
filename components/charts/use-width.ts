"use client";

import { type RefCallback, useCallback, useState } from "react";

/** The width of an element as it is, 0 before it is known; attach the ref to it. It is known before the first paint. */
export function useWidth<Element extends HTMLElement>(): [RefCallback<Element>, number] {
  const [width, setWidth] = useState(0);
  const attach = useCallback((element: Element | null) => {
    if (element === null) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver((entries) => {
      const entry = entries[0];
      if (entry !== undefined) setWidth(Math.round(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [attach, width];
}
