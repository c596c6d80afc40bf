/** Switchyard's sign: one track that parts into two. */
export function Logo() {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true" className="size-5 shrink-0">
      <g fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round">
        <path d="M2 14h16" />
        <path d="M6 14c4.5 0 4.5-8 12-8" />
      </g>
      <circle cx="6" cy="14" r="2" fill="currentColor" />
    </svg>
  );
}
