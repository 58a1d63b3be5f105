"use strict";
// Search and filters. What they are set to is in the address, so that a view can be passed on.
(() => {
  const form = document.getElementById("filter");
  const items = [...document.querySelectorAll(".item")];
  const texts = items.map((item) => item.textContent.toLowerCase());
  const names = ["verdict", "severity", "accepted", "file", "policy"];
  const accepted = document.getElementById("accepted");

  const show = () => {
    const words = form.elements.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    items.forEach((item, index) => {
      const fits =
        names.every((name) => !form.elements[name].value || form.elements[name].value === item.dataset[name]) &&
        words.every((word) => texts[index].includes(word));
      item.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    const isSet = words.length || names.some((name) => form.elements[name].value);
    if (accepted && isSet) accepted.open = Boolean(accepted.querySelector(".item:not([hidden])"));
    form.elements.shown.value = `${shown} of ${items.length} shown`;
  };

  const remember = () => {
    const set = new URLSearchParams();
    for (const name of ["search", ...names]) {
      if (form.elements[name].value) set.set(name, form.elements[name].value);
    }
    history.replaceState(null, "", `#${set}`);
    show();
  };

  const recall = () => {
    const set = new URLSearchParams(location.hash.slice(1));
    for (const name of ["search", ...names]) form.elements[name].value = set.get(name) ?? "";
    show();
  };

  form.addEventListener("input", remember);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", recall);
  window.addEventListener("beforeprint", () => {
    if (accepted) accepted.open = true;
  });
  form.hidden = false;
  recall();
})();
