// Draws each chart when it comes into view, in the colours of the page, and changes them with it.
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const charts = [...document.querySelectorAll(".chart")];

  const colours = (node) => {
    const style = getComputedStyle(node);
    return {
      "font.color": style.color,
      "font.family": style.fontFamily,
      "xaxis.gridcolor": style.borderTopColor,
      "yaxis.gridcolor": style.borderTopColor,
      "hoverlabel.bgcolor": style.backgroundColor,
      "hoverlabel.font.color": style.color,
    };
  };

  const draw = async (node) => {
    if (node.dataset.drawn) return;
    node.dataset.drawn = "begun";
    const figure = JSON.parse(node.nextElementSibling.textContent);
    await Plotly.newPlot(node, figure.data, figure.layout, { displayModeBar: false, responsive: true });
    await Plotly.relayout(node, colours(node));
    node.dataset.drawn = "done";
  };

  const inView = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      inView.unobserve(entry.target);
      draw(entry.target);
    }
  }, { rootMargin: "400px" });
  charts.forEach((node) => inView.observe(node));
  window.addEventListener("beforeprint", () => charts.forEach(draw));

  const recolour = () => charts
    .filter((node) => node.dataset.drawn === "done")
    .forEach((node) => Plotly.relayout(node, colours(node)));
  dark.addEventListener("change", recolour);
  const toggle = document.getElementById("theme");
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
    root.dataset.theme = isDark ? "light" : "dark";
    recolour();
  });
})();
