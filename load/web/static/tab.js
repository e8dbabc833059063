// Shows ./streaming/ below the tabs of Locust's page while its tab "Streaming" is chosen.
(() => {
  "use strict";
  const frame = document.createElement("iframe");
  frame.title = "Streaming";
  frame.id = "streaming-frame";
  // Locust's own content fills the window, whatever is in it.
  frame.style.cssText = "display:none;position:fixed;left:0;bottom:0;width:100%;border:0;z-index:1";
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
    if (isOurs) {
      const top = Math.max(0, Math.round(chosen.getBoundingClientRect().bottom));
      frame.style.top = `${top}px`;
      frame.style.height = `${innerHeight - top}px`;
    }
    tell();
  };

  frame.addEventListener("load", tell);
  new MutationObserver(follow).observe(document.getElementById("root"), {
    subtree: true, childList: true, attributes: true, attributeFilter: ["aria-selected", "class"],
  });
  addEventListener("resize", follow);
  addEventListener("scroll", follow);
  follow();
})();
