import { LinkButton } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

/** Also what a foreign tenant's id gets: whether something exists is not told to those who may not see it. */
export default function NotFound() {
  return (
    <main className="flex min-h-dvh flex-col justify-center">
      <EmptyState title="This page does not exist" action={<LinkButton href="/">Go to the start</LinkButton>}>
        The address is wrong, what it named was removed, or it is not yours to see.
      </EmptyState>
    </main>
  );
}
