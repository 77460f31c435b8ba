// What moves on a page without a kernel: widgets that swap stored frames, and polls.
"use strict";

for (const box of document.querySelectorAll(".frames")) {
  const frames = JSON.parse(box.querySelector("script").textContent);
  const start = box.dataset.start.split(",").map(Number);
  const controls = [...box.querySelectorAll(".knobs > label, .knobs > fieldset")].map(asControl);
  let state = [...start];

  function asControl(element, position) {
    const input = element.querySelector("input, select");
    const moved = (value) => {
      state[position] = value;
      // of very many combinations not all are stored: begin again with this one alone
      if (!(state.join(",") in frames)) state = start.with(position, value);
      show();
    };
    if (element.tagName === "FIELDSET") {
      const buttons = [...element.querySelectorAll("button")];
      buttons.forEach((button, value) => button.addEventListener("click", () => moved(value)));
      return (value) => buttons.forEach((b, i) => b.setAttribute("aria-pressed", i === value));
    }
    if (input.type === "checkbox") {
      input.addEventListener("input", () => moved(Number(input.checked)));
      return (value) => { input.checked = value === 1; };
    }
    if (input.tagName === "SELECT") {
      input.addEventListener("input", () => moved(input.selectedIndex));
      return (value) => { input.selectedIndex = value; };
    }
    const options = JSON.parse(input.dataset.options);
    input.addEventListener("input", () => moved(Number(input.value)));
    return (value) => {
      input.value = value;
      input.setAttribute("aria-valuetext", options[value]);
      element.querySelector("output").textContent = options[value];
    };
  }

  function show() {
    controls.forEach((set, position) => set(state[position]));
    const frame = frames[state.join(",")];
    const picture = box.querySelector("img");
    picture.src = frame.file;
    picture.alt = frame.alt;
    picture.width = frame.width;
    if (frame.type) picture.dataset.type = frame.type;
    box.querySelector("a.full").href = frame.file;
    box.querySelector("figcaption").textContent = frame.caption;
  }

  // a page that was reloaded may remember where its controls stood
  box.querySelector(".reset").addEventListener("click", () => { state = [...start]; show(); });
  box.querySelector(".knobs").hidden = false;
  show();
  // fetched when the widget is first touched, so that the slider then answers at once
  const fetchAll = () => Object.values(frames).forEach((frame) => { new Image().src = frame.file; });
  for (const touch of ["pointerenter", "focusin"]) box.addEventListener(touch, fetchAll, { once: true });
}

for (const poll of document.querySelectorAll(".poll")) {
  const counts = [...poll.querySelectorAll("ol > li")].map((option) => {
    const votes = document.createElement("span");
    votes.className = "votes";
    votes.innerHTML = '<button type="button">−</button><output>0</output>' +
      '<button type="button">+</button><span class="bar"></span>';
    const [less, more] = votes.querySelectorAll("button");
    less.setAttribute("aria-label", `one vote less for ${option.dataset.letter}`);
    more.setAttribute("aria-label", `one vote more for ${option.dataset.letter}`);
    option.append(votes);
    const count = { votes: 0, output: votes.querySelector("output"), bar: votes.querySelector(".bar") };
    const add = (n) => { count.votes = Math.max(0, count.votes + n); draw(); };
    less.addEventListener("click", () => add(-1));
    more.addEventListener("click", () => add(1));
    return count;
  });
  const reset = document.createElement("button");
  reset.type = "button";
  reset.textContent = "Reset to start";
  reset.addEventListener("click", () => {
    for (const count of counts) count.votes = 0;
    poll.querySelector("details").open = false;
    draw();
  });
  poll.append(reset);

  function draw() {
    const most = Math.max(10, ...counts.map((count) => count.votes));
    for (const count of counts) {
      count.output.textContent = count.votes;
      count.bar.style.width = `${(6 * count.votes) / most}em`;
    }
  }
}
