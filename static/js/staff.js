/* What the staff site adds to the stock admin's scripts: a name for its search-and-choose
   boxes, which are drawn empty and would be read as nothing. */
(() => {
  "use strict";
  const name = () => {
    document.querySelectorAll("select.admin-autocomplete").forEach((select) => {
      const label = select.labels[0] ? select.labels[0].textContent : select.getAttribute("aria-label");
      const drawn = select.parentElement.querySelectorAll(".select2-selection, .select2-selection__rendered");
      if (label) drawn.forEach((box) => box.setAttribute("aria-label", label.trim()));
    });
  };
  /* They are drawn late, and again for each row added. */
  if (document.querySelector("select.admin-autocomplete")) {
    new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
  }
})();
