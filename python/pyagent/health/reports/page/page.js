"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const [PATH, SIZE, MI, CYCLOMATIC, COGNITIVE, COMMITS, SCORE, FUNCTIONS] = Array(8).keys();
  const byId = (id) => document.getElementById(id);

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const shown = (value) =>
    value === null ? "–" : value.toLocaleString("en", { maximumFractionDigits: 1 });

  // Colours: from cool for healthy to hot for bad, told apart by lightness and by blue as well as
  // by red and green.
  const STOPS = [[38, 122, 121], [104, 160, 135], [222, 201, 120], [228, 145, 84], [190, 58, 46]];
  const colour = (t) => {
    const at = Math.min(Math.max(t, 0), 1) * (STOPS.length - 1);
    const low = Math.min(Math.floor(at), STOPS.length - 2);
    return STOPS[low].map((from, i) => Math.round(from + (STOPS[low + 1][i] - from) * (at - low)));
  };
  const css = (rgb) => `rgb(${rgb.join(" ")})`;
  const inkOn = ([r, g, b]) => (0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#14181b" : "#ffffff");

  // A value at its limit is in the middle of the scale, one of three times the limit at its end.
  const beyond = (limit) => (value) =>
    limit < 1 ? Math.min(value / 4, 1) : value <= limit ? (0.5 * value) / limit : 0.5 + Math.min((value - limit) / (4 * limit), 0.5);
  const share = (column) => {
    const most = Math.max(1, ...data.files.map((file) => file[column] ?? 0));
    return (value) => Math.sqrt(value / most);
  };
  const upkeep = (value) => {
    const limit = data.limits.maintainability_index;
    return value >= limit
      ? 0.5 * (1 - Math.min((value - limit) / Math.max(80 - limit, 1), 1)) ** 2
      : 1 - (0.5 * value) / limit;
  };
  const METRICS = [
    { name: "Maintainability", column: MI, scale: upkeep, ends: ["80+", "0"] },
    { name: "Cyclomatic", column: CYCLOMATIC, scale: beyond(data.limits.cyclomatic),
      ends: ["1", `${shown(3 * data.limits.cyclomatic)}+`] },
    { name: "Cognitive", column: COGNITIVE, scale: beyond(data.limits.cognitive),
      ends: ["0", `${shown(3 * data.limits.cognitive)}+`] },
    { name: "Churn", column: COMMITS, scale: share(COMMITS), ends: ["0", "most commits"] },
    { name: "Hotspots", column: SCORE, scale: share(SCORE), ends: ["cold", "hottest"] },
  ].filter((metric) => data.history || metric.column < COMMITS);

  // The folders, with one-child chains as one node.
  const node = (name, parent) => ({ name, parent, size: 0, heat: 0, children: [], file: null });
  const grow = () => {
    const root = node(data.project, null);
    const folders = new Map([["", root]]);
    const folder = (path) => {
      if (!folders.has(path)) {
        const cut = path.lastIndexOf("/");
        const parent = folder(cut < 0 ? "" : path.slice(0, cut));
        const made = node(path.slice(cut + 1), parent);
        parent.children.push(made);
        folders.set(path, made);
      }
      return folders.get(path);
    };
    for (const file of data.files) {
      const cut = file[PATH].lastIndexOf("/");
      const parent = folder(cut < 0 ? "" : file[PATH].slice(0, cut));
      parent.children.push({ ...node(file[PATH].slice(cut + 1), parent), file, size: Math.max(file[SIZE], 1) });
    }
    return joined(root);
  };
  const joined = (branch) => {
    while (branch.children.length === 1 && branch.children[0].file === null) {
      const only = branch.children[0];
      branch.name = `${branch.name}/${only.name}`;
      branch.children = only.children;
      branch.children.forEach((child) => { child.parent = branch; });
    }
    branch.children.forEach((child) => { if (child.file === null) joined(child); });
    return branch;
  };

  let metric = METRICS[0];
  const heatOf = (file) => (file[metric.column] === null ? 0 : metric.scale(file[metric.column]));
  const weigh = (branch) => {
    if (branch.file !== null) {
      branch.heat = heatOf(branch.file);
      return branch;
    }
    branch.children.forEach(weigh);
    branch.size = branch.children.reduce((sum, child) => sum + child.size, 0);
    branch.heat = branch.children.reduce((sum, c) => sum + c.size * c.heat, 0) / branch.size;
    branch.children.sort((a, b) => b.size - a.size);
    return branch;
  };

  // Squarified treemap (Bruls, Huizing, van Wijk): rows along the shorter side, each as long as
  // another cell makes its worst cell squarer. Yields [node, x, y, width, height].
  const squarify = (nodes, x, y, width, height) => {
    const placed = [];
    let left = nodes.reduce((sum, each) => sum + each.size, 0);
    let start = 0;
    while (start < nodes.length && width > 0 && height > 0) {
      const side = Math.min(width, height);
      const unit = (width * height) / left;
      let [end, sum, worst] = [start, 0, Infinity];
      while (end < nodes.length) {
        const next = sum + nodes[end].size;
        const depth = (next * unit) / side;
        const biggest = (nodes[start].size * unit) / depth;
        const smallest = (nodes[end].size * unit) / depth;
        const ratio = Math.max(biggest / depth, depth / smallest);
        if (ratio > worst) break;
        [worst, sum, end] = [ratio, next, end + 1];
      }
      const depth = (sum * unit) / side;
      let along = 0;
      for (const each of nodes.slice(start, end)) {
        const length = (each.size / sum) * side;
        placed.push(width >= height
          ? [each, x, y + along, depth, length] : [each, x + along, y, length, depth]);
        along += length;
      }
      if (width >= height) [x, width] = [x + depth, width - depth];
      else [y, height] = [y + depth, height - depth];
      left -= sum;
      start = end;
    }
    return placed;
  };

  const map = byId("map");
  const root = grow();
  let here = root;
  let chosen = null;
  const NAME = 18; // Height of a folder's name.

  const place = (element, x, y, width, height) => {
    Object.assign(element.style, {
      left: `${x}px`, top: `${y}px`, width: `${Math.max(width, 0)}px`, height: `${Math.max(height, 0)}px`,
    });
    return element;
  };
  const drawCell = (into, branch, x, y, width, height) => {
    const rgb = colour(branch.heat);
    const cell = make("button", { className: "cell", tabIndex: -1 });
    if (width > 40 && height > 15) cell.append(make("span", { textContent: branch.name }));
    cell.style.background = css(rgb);
    cell.style.color = inkOn(rgb);
    cell.branch = branch;
    if (branch.file !== null && branch.file === chosen) cell.classList.add("chosen");
    into.append(place(cell, x, y, width - 1, height - 1));
  };
  const drawFolder = (into, branch, x, y, width, height) => {
    if (width < 26 || height < 26) {
      drawCell(into, branch, x, y, width, height);
      return;
    }
    into.append(place(make("div", { className: "frame" }), x + 1, y + 1, width - 3, height - 3));
    const named = width > 44 && height > 44;
    if (named) {
      const title = make("button", { className: "folder", textContent: branch.name });
      title.branch = branch;
      into.append(place(title, x + 2, y + 1, width - 5, NAME));
    }
    const top = named ? NAME : 2;
    drawInside(into, branch, x + 3, y + top + 1, width - 6, height - top - 4);
  };
  const drawInside = (into, branch, ...box) => {
    for (const [child, ...rest] of squarify(branch.children, ...box)) {
      (child.file === null ? drawFolder : drawCell)(into, child, ...rest);
    }
  };
  const draw = () => {
    const drawn = document.createDocumentFragment();
    drawInside(drawn, here, 0, 0, map.clientWidth, map.clientHeight);
    map.replaceChildren(drawn);
    drawCrumbs();
  };
  const drawCrumbs = () => {
    const trail = [];
    for (let at = here; at !== null; at = at.parent) trail.unshift(at);
    byId("crumbs").replaceChildren(...trail.flatMap((at, i) => {
      const button = make("button", { textContent: at.name, disabled: at === here });
      button.onclick = () => enter(at);
      return i ? [make("i", { textContent: "/" }), button] : [button];
    }));
  };
  const enter = (branch) => {
    here = branch;
    hideTip();
    draw();
  };

  const paintLegend = () => {
    const canvas = byId("scale");
    const pen = canvas.getContext("2d");
    for (let x = 0; x < canvas.width; x += 1) {
      pen.fillStyle = css(colour(x / (canvas.width - 1)));
      pen.fillRect(x, 0, 1, canvas.height);
    }
    [byId("low").textContent, byId("high").textContent] = metric.ends;
  };
  const choose = (wanted) => {
    metric = wanted;
    weigh(root);
    for (const button of byId("metrics").children) {
      button.setAttribute("aria-pressed", String(button.textContent === metric.name));
    }
    paintLegend();
    draw();
  };

  // The file at hand: its numbers and its functions.
  const FACTS = [["lines of code", SIZE], ["maintainability", MI], ["max. cyclomatic", CYCLOMATIC],
    ["max. cognitive", COGNITIVE], ["commits", COMMITS], ["hotspot score", SCORE]];
  const number = (value, limit) =>
    make("td", { className: value > limit ? "n over" : "n", textContent: shown(value) });
  const functionRow = ([qualname, line, cyclomatic, cognitive]) => make("tr", {},
    make("td", { className: "mono" }, qualname, make("span", { className: "where", textContent: ` :${line}` })),
    number(cyclomatic, data.limits.cyclomatic), number(cognitive, data.limits.cognitive));
  const detail = (file) => {
    chosen = file;
    const facts = FACTS.filter(([, column]) => data.history || column < COMMITS);
    const rows = [...file[FUNCTIONS]].sort((a, b) => b[2] + b[3] - a[2] - a[3]);
    const head = make("tr", {}, make("th", { textContent: "function" }),
      make("th", { className: "n", textContent: "cyclom." }), make("th", { className: "n", textContent: "cognit." }));
    byId("detail").replaceChildren(
      make("h3", { className: "mono", textContent: file[PATH] }),
      make("div", { className: "facts" }, ...facts.map(([name, column]) =>
        make("div", {}, make("b", { textContent: shown(file[column]) }), name))),
      rows.length
        ? make("div", { className: "scroll" }, make("table", {}, make("thead", {}, head),
          make("tbody", {}, ...rows.map(functionRow))))
        : make("p", { className: "empty", textContent: "No functions in this file." }));
  };

  const tip = make("div", { className: "tip", hidden: true });
  document.body.append(tip);
  const hideTip = () => { tip.hidden = true; };
  const describe = (branch) => {
    if (branch.file === null) return `${shown(branch.size)} lines of code, click to enter`;
    const value = branch.file[metric.column];
    return `${metric.name.toLowerCase()} ${shown(value)} · ${shown(branch.size)} lines of code · ` +
      `${branch.file[FUNCTIONS].length} functions`;
  };
  const showTip = (event) => {
    const branch = event.target.closest("button")?.branch;
    if (!branch) return hideTip();
    const name = branch.file === null ? `${branch.name}/` : branch.file[PATH];
    tip.replaceChildren(make("b", { textContent: name }), describe(branch));
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    const left = event.clientX + 16 + box.width > innerWidth ? event.clientX - box.width - 12 : event.clientX + 16;
    const top = event.clientY + 20 + box.height > innerHeight ? event.clientY - box.height - 12 : event.clientY + 20;
    Object.assign(tip.style, { left: `${Math.max(left, 4)}px`, top: `${Math.max(top, 4)}px` });
    return undefined;
  };

  const listen = () => {
    map.addEventListener("pointermove", showTip);
    map.addEventListener("pointerleave", hideTip);
    map.addEventListener("click", (event) => {
      const branch = event.target.closest("button")?.branch;
      if (!branch) return;
      if (branch.file === null) {
        enter(branch);
      } else {
        detail(branch.file);
        draw();
      }
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && here.parent !== null) enter(here.parent);
    });
    let width = map.clientWidth;
    new ResizeObserver(() => {
      if (map.clientWidth !== width) {
        width = map.clientWidth;
        requestAnimationFrame(draw);
      }
    }).observe(map);
  };

  // Tables that are there without this program: it adds sorting and a filter.
  const cellValue = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent.toLowerCase() : Number(cell.dataset.value);
  };
  const sortBy = (table, column, header) => {
    const descending = header.getAttribute("aria-sort") !== "descending";
    table.querySelectorAll("th").forEach((each) => each.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const sign = descending ? -1 : 1;
    const rows = [...table.tBodies[0].rows].map((row) => [cellValue(row, column), row]);
    rows.sort(([a], [b]) => (a < b ? -sign : a > b ? sign : 0));
    table.tBodies[0].append(...rows.map(([, row]) => row));
  };
  const enliven = (table) => {
    [...table.tHead.rows[0].cells].forEach((header, column) => {
      const button = make("button", { textContent: header.textContent, type: "button" });
      button.onclick = () => sortBy(table, column, header);
      header.replaceChildren(button);
    });
    const filter = byId(`${table.id}-filter`);
    filter.hidden = false;
    filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/\s+/);
      for (const row of table.tBodies[0].rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
      }
    });
  };

  const theme = byId("theme");
  theme.hidden = false;
  theme.onclick = () => {
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  };
  document.querySelectorAll("table.live").forEach(enliven);
  if (data.files.length) {
    byId("metrics").replaceChildren(...METRICS.map((each) => {
      const button = make("button", { textContent: each.name, type: "button" });
      button.onclick = () => choose(each);
      return button;
    }));
    byId("treemap").hidden = false;
    weigh(root);
    const hotter = (a, b) => heatOf(b) - heatOf(a) || b[SIZE] - a[SIZE];
    detail([...data.files].sort(hotter)[0]);
    choose(metric);
    listen();
  }
})();
