"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const headers = [...table.tHead.rows[0].cells];
  const collator = new Intl.Collator(undefined, { numeric: true });
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value ?? cell.textContent.trim();
  };
  const compare = (a, b) => {
    const numbers = a !== "" && b !== "" && !isNaN(a) && !isNaN(b);
    return numbers ? a - b : collator.compare(a, b);
  };
  const sortBy = (header, column) => {
    const falling = header.getAttribute("aria-sort") === "ascending";
    for (const other of headers) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", falling ? "descending" : "ascending");
    const keyed = [...body.rows].map((row) => [keyOf(row, column), row]);
    keyed.sort(([a], [b]) => {
      if (a === "" || b === "") return (a === "") - (b === "");
      return falling ? compare(b, a) : compare(a, b);
    });
    body.append(...keyed.map(([, row]) => row));
  };
  headers.forEach((header, column) => {
    if ("fixed" in header.dataset || header.textContent === "") return;
    header.tabIndex = 0;
    header.classList.add("sorts");
    header.addEventListener("click", () => sortBy(header, column));
    header.addEventListener("keydown", (event) => {
      if (event.key === "Enter") sortBy(header, column);
    });
  });
}
