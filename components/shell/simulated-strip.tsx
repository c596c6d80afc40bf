import FlaskConical from "lucide-react/icons/flask-conical";

/** Under the top bar while any node in view is simulated. `data-strip` moves what sticks below it (globals.css). */
export function SimulatedStrip() {
  return (
    <div data-strip="" className="flex h-6 items-center justify-center gap-1.5 border-b bg-off-tint text-xs text-fg-2">
      <FlaskConical aria-hidden="true" className="size-3" />
      Simulated fleet
    </div>
  );
}
