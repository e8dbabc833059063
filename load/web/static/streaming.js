// Asks for the figures of the run once a second, and draws them.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const CHARTS = {
    ttfp: [["ttfp_p50", "p50", "#1a8f5a"], ["ttfp_p95", "p95", "#2f7fd1"]],
    gap: [["gap_p50", "p50", "#1a8f5a"], ["gap_p95", "p95", "#2f7fd1"]],
    rate: [["images_per_second", "images", "#1a8f5a"], ["previews_per_second", "previews", "#2f7fd1"],
           ["failures_per_second", "failures", "#d9433f"]],
    lag: [["longest_lag", "longest wait of an event in this machine", "#b7791f"]],
  };
  const UNITS = { ttfp: "s", gap: "s", rate: "1/s", lag: "s" };

  const newest = (values) => values.findLast((value) => value !== null);
  const seconds = (value) => value === undefined ? "–"
    : value < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(2)} s`;

  const draw = (id, figures) => {
    if (!window.Plotly) return;
    const node = byId(id);
    const style = getComputedStyle(node);
    const axis = { gridcolor: style.borderTopColor, zeroline: false, rangemode: "tozero", automargin: true };
    const traces = CHARTS[id].map(([key, name, color]) => ({
      x: figures.at, y: figures[key], name, mode: "lines+markers", marker: { size: 4 }, line: { color, width: 2 },
    }));
    const layout = {
      margin: { l: 8, r: 8, t: 8, b: 8 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: style.color, family: style.fontFamily },
      showlegend: true,
      legend: { orientation: "h", y: 1, yanchor: "bottom" },
      xaxis: { ...axis, ticksuffix: " s" },
      yaxis: { ...axis, ticksuffix: ` ${UNITS[id]}` },
    };
    Plotly.react(node, traces, layout, { displayModeBar: false, responsive: true });
  };

  const tile = (words, value, isBad) => {
    const node = document.createElement("div");
    node.className = isBad ? "tile bad" : "tile";
    const strong = document.createElement("b");
    strong.textContent = value;
    node.append(strong, words);
    return node;
  };

  const showTiles = (figures) => {
    const failed = Object.values(figures.failures).reduce((sum, count) => sum + count, 0);
    const kinds = Object.entries(figures.failures).map(([kind, count]) => `${count} ${kind}`).join(", ");
    byId("tiles").replaceChildren(
      tile("streams ended", figures.streams),
      tile("first preview, p50 now", seconds(newest(figures.ttfp_p50))),
      tile("first preview, p95 now", seconds(newest(figures.ttfp_p95))),
      tile("gap between previews, p95 now", seconds(newest(figures.gap_p95))),
      tile("finals", figures.finals),
      tile(kinds || "failed", failed, failed > 0),
    );
  };

  const showWarnings = (figures) => {
    byId("warnings").replaceChildren(...[...figures.invalid, ...figures.notes].map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
  };

  const showPreviews = (figures) => {
    const box = byId("previews");
    const known = new Map([...box.children].map((node) => [node.dataset.at, node]));
    box.replaceChildren(...figures.previews.toReversed().map((preview) => {
      const at = String(preview.at_ns);
      if (known.has(at)) return known.get(at);
      const figure = document.createElement("figure");
      figure.dataset.at = at;
      const image = document.createElement("img");
      image.src = `preview/${at}`;
      image.alt = "a preview as it came";
      const caption = document.createElement("figcaption");
      caption.textContent = `${(preview.at_ns / 1e9).toFixed(1)} s ${preview.from}`;
      figure.append(image, caption);
      return figure;
    }));
  };

  const update = async () => {
    try {
      const answer = await fetch("figures");
      const figures = answer.ok ? await answer.json() : null;
      if (figures === null) return;
      byId("head").textContent = `${figures.scenario} on ${figures.endpoint}; a point stands for ${figures.slot_seconds} s`;
      showTiles(figures);
      showWarnings(figures);
      showPreviews(figures);
      Object.keys(CHARTS).forEach((id) => draw(id, figures));
      document.documentElement.dataset.updated = String(figures.streams);
    } catch (error) {
      byId("head").textContent = "Locust does not answer.";
    }
  };

  if (!window.Plotly) byId("head").after("Charts need plotly: pip install 'fal-stream-conformance[html]'");
  const loop = async () => {
    await update();
    setTimeout(loop, 1000);
  };
  loop();
})();
