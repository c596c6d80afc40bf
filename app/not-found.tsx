import type { Metadata } from "next";
import { buttonClass } from "#components/ui/button-class.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";

export const metadata: Metadata = { title: "Not found" };

/** Also what a foreign tenant's id gets: whether something exists is not told to those who may not see it. */
export default function NotFound() {
  return (
    <main className="flex min-h-dvh flex-col justify-center">
      <EmptyState
        isPage
        title="This page does not exist"
        action={
          <a href="/" className={buttonClass()}>
            Go to the start
          </a>
        }
      >
        The address is wrong, the object was deleted, or you have no access to it.
      </EmptyState>
    </main>
  );
}
