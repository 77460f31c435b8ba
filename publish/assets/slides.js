// Starts the slides, and makes the text of a slide smaller until it fits.
"use strict";

const SMALLEST = 0.5;

function fit(slide) {
  const box = slide?.querySelector(".fit");
  if (!box) return;
  for (let scale = 1; scale >= SMALLEST; scale -= 0.05) {
    box.style.fontSize = `${scale}em`;
    if (box.scrollHeight <= box.clientHeight && box.scrollWidth <= box.clientWidth) break;
  }
}

Reveal.initialize({
  width: 1280, height: 720, margin: 0, center: false, hash: true, slideNumber: "c/t",
  transition: "none", backgroundTransition: "none", navigationMode: "linear",
  plugins: [RevealNotes],
}).then(() => {
  const fitCurrent = () => fit(Reveal.getCurrentSlide());
  Reveal.on("slidechanged", fitCurrent);
  Reveal.on("pdf-ready", () => Reveal.getSlides().forEach(fit));
  document.addEventListener("load", fitCurrent, true); // a picture that came late
  document.addEventListener("toggle", fitCurrent, true); // an answer that was revealed
  document.fonts.ready.then(fitCurrent);
  fitCurrent();
});
