"use strict";
(() => {
  const root = document.documentElement;
  const form = document.getElementById("filters");
  const rows = Array.from(document.querySelectorAll("#results tbody tr"));
  const buttons = Array.from(form.querySelectorAll("button.state"));
  const selects = Array.from(form.querySelectorAll("select"));
  const search = form.querySelector("input");
  const shownOutput = form.querySelector("output");
  const none = document.getElementById("none");
  // Read once: 2,000 rows are filtered without asking the document again.
  const records = rows.map((row) => ({
    row,
    status: row.dataset.status,
    area: row.dataset.area,
    target: row.dataset.target,
    clauses: row.dataset.clauses.split(" "),
    text: row.textContent.toLowerCase(),
  }));
  root.classList.add("js");

  const value = (name) => form.elements[name].value;
  const matches = (record, states, words) =>
    (!value("area") || record.area === value("area")) &&
    (!value("target") || record.target === value("target")) &&
    (!value("clause") || record.clauses.includes(value("clause"))) &&
    words.every((word) => record.text.includes(word));

  const apply = () => {
    const states = new Set(buttons.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.value));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const counts = new Map();
    let shown = 0;
    for (const record of records) {
      const fits = matches(record, states, words);
      if (fits) counts.set(record.status, (counts.get(record.status) || 0) + 1);
      const visible = fits && (states.size === 0 || states.has(record.status));
      record.row.hidden = !visible;
      if (visible) shown += 1;
    }
    for (const button of buttons) button.querySelector("b").textContent = counts.get(button.value) || 0;
    shownOutput.textContent = form.dataset.shown.replace("{shown}", shown).replace("{total}", records.length);
    none.hidden = shown !== 0;
  };

  const reset = () => {
    buttons.forEach((b) => b.setAttribute("aria-pressed", "false"));
    selects.forEach((s) => { s.value = ""; });
    search.value = "";
  };

  buttons.forEach((b) => b.addEventListener("click", () => {
    b.setAttribute("aria-pressed", b.getAttribute("aria-pressed") === "true" ? "false" : "true");
    apply();
  }));
  selects.forEach((s) => s.addEventListener("change", apply));
  search.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.elements.reset.addEventListener("click", () => { reset(); apply(); });
  form.elements.print.addEventListener("click", () => window.print());
  // A link such as <a data-filter="status=fail"> shows the results behind a figure.
  document.querySelectorAll("[data-filter]").forEach((link) => link.addEventListener("click", () => {
    const [name, wanted] = link.dataset.filter.split("=");
    reset();
    if (name === "status") buttons.filter((b) => b.value === wanted).forEach((b) => b.setAttribute("aria-pressed", "true"));
    else form.elements[name].value = wanted;
    apply();
  }));
  apply();
})();
