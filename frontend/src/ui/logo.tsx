export function Logo() {
  return (
    <span className="flex items-center gap-2 text-lg font-semibold tracking-tight text-text">
      <img src="/weir.svg" alt="" width="26" height="26" />
      Weir
    </span>
  );
}
