import { LinkButton } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

/** The same inside the console, where the navigation stays. */
export default function NotFound() {
  return (
    <EmptyState isPage title="Nothing here" action={<LinkButton href="/">Go to the overview</LinkButton>}>
      The address is wrong, or the object was deleted.
    </EmptyState>
  );
}
