// One key each for what every page has: "/" leads to the search, "?" to the help. Nothing else needs it.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "/") {
    const search = document.querySelector("header .seek input[type=search]");
    if (!search) return;
    event.preventDefault(); // the sign is not typed into it
    search.focus();
    search.select();
  } else if (event.key === "?" || event.key === "？") {
    const help = document.querySelector("footer a[accesskey='?']");
    if (help) help.click();
  }
});
