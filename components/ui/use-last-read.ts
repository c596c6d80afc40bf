import { useEffect, useRef } from "react";

/** What was read before the end says nothing of it: once it is over, and no poll asks any more, it is read one last time. */
export function useLastRead(isOver: boolean, readAgain: () => void): void {
  const wasOver = useRef(isOver);
  useEffect(() => {
    if (isOver && !wasOver.current) readAgain();
    wasOver.current = isOver;
  }, [isOver, readAgain]);
}
