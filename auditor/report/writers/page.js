"use strict";
const text = document.getElementById("text");
const worst = document.getElementById("worst");
const shown = document.getElementById("shown");
const rows = Array.from(document.querySelectorAll("#domains tbody tr"), (row) =>
  ({ row, words: row.textContent.toLowerCase(), worst: row.dataset.worst }));
const groups = Array.from(document.querySelectorAll("details"), (group) =>
  ({ group, rows: Array.from(group.querySelectorAll("tbody tr")) }));
const domainOf = (row) => row.cells[0].textContent;
function filter() {
  const wanted = text.value.trim().toLowerCase().split(/\s+/);
  const hits = new Set();
  let count = 0;
  for (const one of rows) {
    const hit = wanted.every((word) => one.words.includes(word)) && (!worst.value || one.worst === worst.value);
    one.row.hidden = !hit;
    count += hit;
    if (hit) hits.add(domainOf(one.row));
  }
  const all = count === rows.length;
  shown.textContent = count + " of " + rows.length + " shown" + (all ? "" : ", and their findings below");
  for (const { group, rows: findings } of groups) {
    for (const row of findings) row.hidden = !all && !hits.has(domainOf(row));
    group.hidden = findings.every((row) => row.hidden);
  }
}
text.addEventListener("input", filter);
worst.addEventListener("change", filter);
filter();
