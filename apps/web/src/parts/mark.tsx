/** The brand mark: a plain weave, warp in ink, weft in the accent. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="2.2" aria-hidden="true">
      <path d="M5.5 1.5v5M5.5 10v8.5M10 1.5v.5M10 6v8M10 18v.5M14.5 1.5v8.5M14.5 14v4.5" />
      <path d="M1.5 5.5h1.5M8 5.5h10.5M1.5 10h6.5M12 10h6.5M1.5 14.5h10.5M17 14.5h1.5" stroke="var(--accent)" />
    </svg>
  );
}
