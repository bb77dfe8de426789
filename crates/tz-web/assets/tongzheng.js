// Makes pages quicker; every page works without it.

// A form with data-draft keeps what is typed every few seconds, so that a closed tab loses nothing.
for (const form of document.querySelectorAll("form[data-draft]")) {
  let changed = false;
  const said = document.querySelector("[data-draft-said]");
  form.addEventListener("input", () => { changed = true; });
  const keep = async () => {
    if (!changed) return;
    changed = false;
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
    try {
      const answer = await fetch("/draft/" + encodeURIComponent(form.dataset.draft), { method: "POST", body: fields });
      if (!answer.ok) throw new Error(String(answer.status));
      if (said) said.textContent = "草稿已于 " + new Date().toTimeString().slice(0, 8) + " 自动保存";
    } catch {
      changed = true;
      if (said) said.textContent = "草稿暂时没有保存上，正在重试";
    }
  };
  setInterval(keep, 4000);
  document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
}

// A button with data-sure asks once more.
document.addEventListener("submit", (event) => {
  const sure = event.submitter && event.submitter.dataset.sure;
  if (sure && !window.confirm(sure)) event.preventDefault();
});

// The chosen line of a long list is brought into sight, where there is room for list and choice side by side.
if (window.matchMedia("(min-width: 1101px)").matches) {
  document.querySelector("[data-in-sight]")?.scrollIntoView({ block: "nearest" });
}

// Chosen files are named in Chinese beside the button.
for (const input of document.querySelectorAll("input[type=file]")) {
  const said = input.closest("form")?.querySelector("[data-files]");
  if (!said) continue;
  const first = said.textContent;
  const say = () => {
    const names = [...input.files].map((file) => file.name);
    said.textContent = names.length ? "已选" + names.length + "个：" + names.join("、") : first;
  };
  input.addEventListener("change", say);
  say();
}

// Line numbers beside a text follow it as it grows.
for (const gutter of document.querySelectorAll("[data-lines-of]")) {
  const text = document.getElementById(gutter.dataset.linesOf);
  const number = () => {
    const lines = text.value.split("\n").length + 3;
    if (text.rows === lines) return;
    text.rows = lines;
    gutter.textContent = Array.from({ length: lines }, (_, at) => at + 1).join("\n");
  };
  text.addEventListener("input", number);
  number();
}
