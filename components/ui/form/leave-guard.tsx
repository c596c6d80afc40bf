"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { ConfirmDialog } from "../confirm-dialog.tsx";

/** Where a click leads that would leave this page in this tab; null = it does not. */
function leadsTo(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link === null || link.target === "_blank" || link.hasAttribute("download")) return null;
  const { origin, pathname, search } = new URL(link.href, location.href);
  return origin !== location.origin || pathname === location.pathname ? null : `${pathname}${search}`;
}

/** While something is typed and not saved, asks before a link leads away or the tab is closed. */
export function LeaveGuard({ title }: { title: string }) {
  const router = useRouter();
  const [target, setTarget] = useState<string | null>(null);
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    const hold = (event: MouseEvent) => {
      const next = leadsTo(event);
      if (next === null) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      setTarget(next);
    };
    addEventListener("beforeunload", ask);
    addEventListener("click", hold, true);
    return () => {
      removeEventListener("beforeunload", ask);
      removeEventListener("click", hold, true);
    };
  }, []);
  return (
    <ConfirmDialog
      open={target !== null}
      onOpenChange={() => setTarget(null)}
      title="Leave without saving?"
      confirmLabel="Leave page"
      tone="danger"
      onConfirm={() => target && router.push(target)}
    >
      Your changes to {title.toLowerCase()} are not saved.
    </ConfirmDialog>
  );
}
