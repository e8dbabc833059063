// Draws the charts when they come into view, in the colours of the page, and changes them with it.
(() => {
  "use strict";
  const root = document.documentElement;
  const printing = window.matchMedia("print");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const PRINTED_WIDTH = 680; // A4 within its margins, in CSS pixels
  const charts = [...document.querySelectorAll(".chart")];

  const colours = (node) => {
    const style = getComputedStyle(node);
    return {
      "font.color": style.color,
      "font.family": style.fontFamily,
      "xaxis.gridcolor": style.borderTopColor,
      "yaxis.gridcolor": style.borderTopColor,
      "hoverlabel.bgcolor": style.backgroundColor,
      "hoverlabel.bordercolor": style.borderTopColor,
      "hoverlabel.font.color": style.color,
    };
  };

  const draw = async (node) => {
    if (node.dataset.drawn) return;
    node.dataset.drawn = "begun";
    const figure = JSON.parse(node.nextElementSibling.textContent);
    const config = { displayModeBar: false, responsive: true, scrollZoom: false, showTips: false };
    const drawing = Plotly.newPlot(node, figure.data, figure.layout, config); // begins at once, also before a print
    node.dataset.drawn = "done";
    await drawing;
    await Plotly.relayout(node, colours(node));
  };

  const drawn = () => charts.filter((node) => node.dataset.drawn === "done");
  const recolour = () => drawn().forEach((node) => Plotly.relayout(node, colours(node)));

  const inView = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      inView.unobserve(entry.target);
      draw(entry.target);
    }
  }, { rootMargin: "400px" });
  charts.forEach((node) => inView.observe(node));

  // On paper nothing can be opened: what fell short is printed whole.
  const opened = [];
  window.addEventListener("beforeprint", () => {
    opened.push(...document.querySelectorAll("details.fault:not([open])"));
    opened.forEach((node) => { node.open = true; });
    charts.filter((node) => node.checkVisibility()).forEach(draw);
    drawn().forEach((node) => Plotly.relayout(node, { ...colours(node), width: PRINTED_WIDTH }));
  });
  window.addEventListener("afterprint", () => {
    opened.splice(0).forEach((node) => { node.open = false; });
    drawn().forEach((node) => Plotly.relayout(node, { ...colours(node), width: null, autosize: true }));
  });
  printing.addEventListener("change", recolour);
  dark.addEventListener("change", recolour);

  const toggle = document.getElementById("theme");
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
    root.dataset.theme = isDark ? "light" : "dark";
    recolour();
  });

  for (const button of document.querySelectorAll("[data-copies]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = document.getElementById(button.dataset.copies).textContent;
      await navigator.clipboard.writeText(text);
      button.textContent = "copied";
    });
  }

  for (const button of document.querySelectorAll("[data-opens]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const faults = [...document.querySelectorAll(`#${button.dataset.opens} details.fault`)];
      const isOpening = faults.some((node) => !node.open);
      faults.forEach((node) => { node.open = isOpening; });
      button.textContent = isOpening ? "close all" : "open all";
    });
  }

  // A link into something folded opens it.
  const unfold = () => {
    const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
    for (let node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
    }
    if (target) target.scrollIntoView();
  };
  window.addEventListener("hashchange", unfold);
  unfold();
})();
