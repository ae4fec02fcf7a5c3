"use strict";
const text = document.getElementById("text");
const worst = document.getElementById("worst");
const shown = document.getElementById("shown");
const rows = Array.from(document.querySelectorAll("#domains tbody tr"), (row) =>
  ({ row, words: row.textContent.toLowerCase(), worst: row.dataset.worst }));
function filter() {
  const wanted = text.value.trim().toLowerCase().split(/\s+/);
  let count = 0;
  for (const one of rows) {
    const hit = wanted.every((word) => one.words.includes(word)) && (!worst.value || one.worst === worst.value);
    one.row.hidden = !hit;
    count += hit;
  }
  shown.textContent = count + " of " + rows.length + " shown";
}
text.addEventListener("input", filter);
worst.addEventListener("change", filter);
filter();
