(() => {
  const figure = document.currentScript.previousElementSibling
  const frames = [...figure.querySelectorAll("img")]
  const caption = figure.querySelector("figcaption")
  const slider = document.createElement("input")
  const show = () => {
    frames.forEach((frame, i) => { frame.hidden = i !== slider.valueAsNumber })
    const label = frames[slider.valueAsNumber].title
    caption.textContent = label
    slider.setAttribute("aria-valuetext", label)
  }
  slider.type = "range"
  slider.max = frames.length - 1
  slider.value = frames.findIndex(frame => !frame.hidden)
  slider.style = "display: block; width: min(26rem, 100%); margin: .3rem 0"
  slider.setAttribute("aria-label", frames[0].alt)
  slider.setAttribute("data-lm-suppress-shortcuts", "true") // JupyterLab would take the arrow keys
  slider.addEventListener("input", show)
  figure.insertBefore(slider, caption)
  show()
})()
