// A draft being composed: put in order by dragging or with Alt and the arrow keys, and measured while it is typed. Without this
// the buttons of the page do the same.

const form = document.querySelector("form[data-compose]");
const places = form?.querySelector("[data-places]");
const panel = () => document.getElementById("trim");
const outline = () => panel()?.querySelector("[data-outline]");
const rows = () => [...(outline()?.querySelectorAll("li[data-item]") ?? [])];

// What was changed is said until it is saved.
function unsaved() {
  form.querySelector("[data-unsaved]")?.removeAttribute("hidden");
}

// The sections follow the order of the outline, and say their new place.
function follow() {
  rows().forEach((row, at) => {
    const section = places.querySelector(`[data-place="${row.dataset.item}"]`);
    if (!section) return;
    places.append(section);
    const order = section.querySelector(`[name="order-${row.dataset.item}"]`);
    if (order) order.value = at + 1;
  });
  unsaved();
  measure();
}

// What is typed is measured a moment after the last key; an answer that was overtaken is dropped.
let waiting = 0;
let asked = 0;
function measure() {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const mine = ++asked;
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.dataset.compose, { method: "POST", body });
      const text = await answer.text();
      if (mine !== asked || dragged || !answer.ok || !text.includes("data-trim")) return;
      const chosen = document.activeElement?.closest("[data-outline] li")?.dataset.item;
      const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("trim");
      panel().replaceWith(fresh);
      ready();
      if (chosen) outline().querySelector(`[data-item="${chosen}"]`)?.focus();
    } catch {
      // The pages are said again after the next change.
    }
  }, 500);
}

function move(row, down) {
  const all = rows();
  const other = all[all.indexOf(row) + (down ? 1 : -1)];
  if (!other) return;
  if (down) other.after(row); else other.before(row);
  follow();
  row.focus();
}

// The row being dragged; fingers, pens and mice alike.
let dragged = null;

function ready() {
  for (const row of rows()) row.querySelector("[data-grip]")?.removeAttribute("hidden");
  const list = outline();
  if (!list) return;
  list.addEventListener("keydown", (event) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    const row = event.target.closest("li[data-item]");
    if (!row) return;
    event.preventDefault();
    move(row, event.key === "ArrowDown");
  });
  list.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("[data-grip]")) return;
    dragged = event.target.closest("li[data-item]");
    dragged.classList.add("dragged");
    list.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  list.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const under = rows().find((row) => {
      const box = row.getBoundingClientRect();
      return row !== dragged && event.clientY >= box.top && event.clientY < box.bottom;
    });
    if (!under) return;
    const box = under.getBoundingClientRect();
    const below = event.clientY > box.top + box.height / 2;
    if (below) under.after(dragged); else under.before(dragged);
  });
  const drop = () => {
    if (!dragged) return;
    dragged.classList.remove("dragged");
    dragged = null;
    follow();
  };
  list.addEventListener("pointerup", drop);
  list.addEventListener("pointercancel", drop);
}

if (form && places) {
  form.querySelector("[data-keys]")?.removeAttribute("hidden");
  form.addEventListener("input", (event) => {
    if (event.target.name === "pick") return;
    unsaved();
    measure();
  });
  // Inside a piece the same keys move it.
  places.addEventListener("keydown", (event) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    const section = event.target.closest("[data-place]");
    const row = section && outline()?.querySelector(`[data-item="${section.dataset.place}"]`);
    if (!row) return;
    event.preventDefault();
    const field = event.target;
    move(row, event.key === "ArrowDown");
    field.focus();
  });
  ready();
}
