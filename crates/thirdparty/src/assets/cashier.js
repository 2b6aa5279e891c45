// Counts down to the end of the trade, then shows it as it stands.
const line = document.querySelector(".countdown");
if (line) {
  const end = performance.now() + Number(line.dataset.leftMs);
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    const two = (n) => String(n).padStart(2, "0");
    line.textContent = `剩余支付时间 ${two(Math.floor(left / 60))}:${two(left % 60)}`;
    if (left === 0) {
      clearInterval(timer);
      location.replace(location.pathname);
    }
  };
  const timer = setInterval(tick, 500);
  tick();
}
// A second press while the first is on its way does nothing.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
// Coming back by the browser's button shows the trade as it stands now.
addEventListener("pageshow", (event) => event.persisted && location.reload());
