// Asks every two seconds, and draws the list again when something is new.
const list = document.querySelector("#mail");
let shown = list.dataset.newest;
async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch("/dev/mailbox.json", { cache: "no-store" });
    if (!answer.ok) return;
    const newest = (await answer.json()).items.map((m) => m.id).join(" ");
    if (newest !== shown) {
      shown = newest;
      const page = new DOMParser().parseFromString(await (await fetch("/dev/mailbox", { cache: "no-store" })).text(), "text/html");
      list.replaceChildren(...page.querySelector("#mail").childNodes);
    }
  } catch {
    // The mall is restarting; the next look will tell.
  }
}
setInterval(look, 2000);
