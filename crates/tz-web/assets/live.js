// A part of a page that keeps itself up to date while somebody looks at it. Without scripts it is as of when the page was opened.

const EVERY = 10000;
const live = document.querySelector("[data-live]");
if (live) {
  const said = live.querySelector("[data-live-said]");
  // What somebody is just filling in or has opened stays as it is; it is brought up to date when they have left it.
  const used = (part) => part.contains(document.activeElement) || part.querySelector("details[open]");
  let over = false;
  let asking = false;
  const refresh = async () => {
    if (over || asking || document.hidden) return;
    asking = true;
    try {
      // Nobody need be sitting here: this alone keeps no session alive.
      const answer = await fetch(live.dataset.live, { headers: { "tongzheng-unattended": "1" }, redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) {
        over = true;
        said.textContent = "登录已过期，请刷新页面。";
      } else if (answer.ok) {
        const now = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const theirs of now.querySelectorAll("[data-part]")) {
          const mine = document.getElementById(theirs.id);
          if (mine && mine.outerHTML !== theirs.outerHTML && !used(mine)) mine.replaceWith(document.importNode(theirs, true));
        }
        said.textContent = "";
      } else {
        said.textContent = "暂时没有更新，正在重试。";
      }
    } catch {
      said.textContent = "暂时连不上服务器，正在重试。";
    }
    asking = false;
  };
  setInterval(refresh, EVERY);
  document.addEventListener("visibilitychange", refresh);
}
