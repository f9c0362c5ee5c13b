/* Charts: drawn by ECharts from the table beside each, which says the same in figures and stays without a script.

   <figure class="chart" data-table="id" hidden>: the first column of the table's rows (those matching data-rows, else all)
   gives the labels, newest last when data-turned is set; each head cell with data-series="bar" or "line" is a series.
   A line is a share in per cent and has an axis of its own. */
(() => {
  "use strict";

  // What A4 upright leaves between its margins (see yishen.css), in pixels of CSS.
  const PAPER = 178 / 25.4 * 96;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const number = (cell) => {
    const found = parseFloat(cell.textContent.replace("%", ""));
    return Number.isNaN(found) ? null : found;
  };

  function read(figure) {
    const table = document.getElementById(figure.dataset.table);
    const rows = [...table.querySelectorAll(figure.dataset.rows || "tbody tr")];
    if (figure.dataset.turned !== undefined) rows.reverse();
    const heads = [...table.querySelectorAll("thead th")];
    const series = heads.flatMap((head, place) => (head.dataset.series ? [{ head, place }] : []));
    return {
      labels: rows.map((row) => row.cells[0].textContent.trim()),
      series: series.map(({ head, place }) => ({
        name: head.textContent.trim(),
        type: head.dataset.series,
        colour: colour(head.dataset.colour),
        values: rows.map((row) => number(row.cells[place])),
      })),
    };
  }

  function options({ labels, series }) {
    const text = colour("--ink-2");
    const share = series.some((one) => one.type === "line");
    const plain = { color: text, fontSize: 12 };
    const axis = { type: "value", minInterval: 1, axisLabel: plain, splitLine: { lineStyle: { color: colour("--line") } } };
    return {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      color: series.map((one) => one.colour),
      grid: { left: 8, right: 8, top: 40, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 12, textStyle: plain },
      tooltip: { trigger: "axis", confine: true },
      xAxis: { type: "category", data: labels, axisLabel: plain, axisTick: { show: false } },
      yAxis: share
        ? [axis, { type: "value", min: 0, max: 100, axisLabel: { ...plain, formatter: "{value}%" }, splitLine: { show: false } }]
        : axis,
      series: series.map((one) => ({
        name: one.name,
        type: one.type,
        data: one.values,
        barMaxWidth: 18,
        ...(one.type === "line" ? { yAxisIndex: 1, symbolSize: 6, connectNulls: false } : {}),
      })),
    };
  }

  // White stripes, nothing, white dots: whichever two greys meet, they look different.
  const decals = [
    { color: "rgba(255, 255, 255, .8)", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: Math.PI / 4 },
    { color: "rgba(255, 255, 255, 0)" },
    { color: "rgba(255, 255, 255, .9)", symbol: "circle", symbolSize: 0.8, dashArrayX: [[4, 4], [0, 4, 4, 0]], dashArrayY: [4, 0] },
  ];
  const patterned = (on) => ({ aria: { enabled: on, label: { enabled: false }, decal: { show: on, decals } } });

  function draw(figure) {
    figure.hidden = false;
    const chart = echarts.init(figure.querySelector("div"), null, { renderer: "canvas" });
    chart.setOption(options(read(figure)));
    new ResizeObserver(() => chart.resize()).observe(figure);
    // The page is laid out for paper after the chart was drawn: it takes the width of an upright A4 sheet, and patterns
    // tell its colours apart in black and white.
    addEventListener("beforeprint", () => {
      chart.resize({ width: PAPER });
      chart.setOption(patterned(true)); // after the size: only this draws at once
    });
    addEventListener("afterprint", () => {
      chart.resize({ width: "auto" });
      chart.setOption(patterned(false));
    });
  }

  addEventListener("DOMContentLoaded", () => document.querySelectorAll("figure.chart").forEach(draw));
})();
