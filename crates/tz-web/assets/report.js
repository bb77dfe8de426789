// The reporting form: 字数 while typing, and a chosen file's text filled in. The page works without it.

// As tz_text::word_count counts: a Han character or full-width mark one, a run of other visible characters one.
const blank = /[\s\p{Cc}\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFE00-\uFE0F\uFEFF]/u;
const eastAsian = /[“”‘’—…·\u1100-\u11FF\u2E80-\u2FFF\u3001-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\uA960-\uA97F\uAC00-\uD7FF\uFE10-\uFE1F\uFE30-\uFE4F\uFF00-\uFFEF\u{1AFF0}-\u{1B16F}\u{20000}-\u{3FFFF}]/u;
const western = (c) => c !== undefined && /[\p{L}\p{N}]/u.test(c) && !eastAsian.test(c);
const wordCount = (text) => {
  let count = 0;
  let inRun = false;
  const all = [...text];
  all.forEach((c, at) => {
    if (blank.test(c)) {
      inRun = false;
    } else if ((c === "’" || c === "·") && western(all[at - 1]) && western(all[at + 1])) {
      // The mark stands inside a run.
    } else if (eastAsian.test(c)) {
      count += 1;
      inRun = false;
    } else if (!inRun) {
      count += 1;
      inRun = true;
    }
  });
  return count;
};

const form = document.querySelector("form[data-counts]");
if (form) {
  const body = form.elements.namedItem("body");
  const category = form.elements.namedItem("category");
  const said = form.querySelector("[data-count]");
  const say = () => {
    const count = wordCount(body.value);
    const limit = Number(category.selectedOptions[0]?.dataset.limit || 0);
    const over = limit && count > limit;
    said.textContent = limit ? count + " / " + limit + " 字" + (over ? "，超 " + (count - limit) + " 字" : "") : count + " 字";
    said.classList.toggle("no", Boolean(over));
  };
  body.addEventListener("input", say);
  category.addEventListener("change", say);
  say();

  // Choosing a file fills an empty title and text; the file itself stays chosen.
  const files = form.elements.namedItem("file");
  const title = form.elements.namedItem("title");
  files?.addEventListener("change", async () => {
    if (body.value.trim() || !files.files.length) return;
    const sent = new FormData(form);
    sent.set("do", "read");
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body: sent });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const read = page.querySelector("form[data-counts]");
      if (!read) return;
      if (!body.value.trim()) body.value = read.elements.namedItem("body").value;
      if (!title.value.trim()) title.value = read.elements.namedItem("title").value;
      const notes = document.querySelector("[data-notes]");
      const theirs = page.querySelector("[data-notes]");
      if (notes && theirs) notes.replaceChildren(...theirs.childNodes);
      form.dispatchEvent(new Event("input"));
      say();
    } catch {
      // The button 读取附件 does the same by a whole page.
    }
  });
}
