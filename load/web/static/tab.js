// Shows /streaming/ below the tabs of Locust's page while its tab "Streaming" is chosen.
(() => {
  "use strict";
  const frame = document.createElement("iframe");
  frame.title = "Streaming";
  frame.id = "streaming-frame";
  frame.style.cssText = "display:none;width:100%;border:0;height:calc(100vh - 9rem);min-height:40rem";
  document.body.append(frame);

  const isDark = () => {
    const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number);
    return red + green + blue < 384;
  };

  const tell = () => {
    const theme = isDark() ? "dark" : "light";
    if (frame.contentDocument) frame.contentDocument.documentElement.dataset.theme = theme;
  };

  const follow = () => {
    const chosen = document.querySelector('[role="tab"][aria-selected="true"]');
    const isOurs = chosen !== null && chosen.textContent.trim() === "Streaming";
    if (isOurs && !frame.src) frame.src = "./streaming/";
    const display = isOurs ? "block" : "none";
    if (frame.style.display !== display) frame.style.display = display;
    // Locust draws an empty table for every extended tab.
    const table = isOurs ? chosen.closest('[role="tablist"]') && document.querySelector("#root table") : null;
    if (table && table.tHead && !table.tHead.textContent.trim()) table.parentElement.style.display = "none";
    tell();
  };

  frame.addEventListener("load", tell);
  new MutationObserver(follow).observe(document.getElementById("root"), {
    subtree: true, childList: true, attributes: true, attributeFilter: ["aria-selected", "class"],
  });
  follow();
})();
