/* What the portal adds where scripts run: autosave, a copy on the device, live totals, files
   sent when chosen. Every page works without it. No library, no inline code (strict policy). */
(() => { "use strict";
  document.documentElement.classList.add("js");
  const PREFIX = "entraide:", DELAY = 3000;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const arabic = { "\u066b": ".", "\u2212": "-" };
  /* 1 250,50 or ١٢٥٠ as a number; what is no number counts for nothing. */
  const number = (text) => {
    const plain = String(text ?? "").replace(/[\u0660-\u0669]/g, (d) => d.charCodeAt(0) - 0x660)
      .replace(/[\u066b\u2212]/g, (c) => arabic[c]).replace(/[\s\u00a0\u202f\u200e\u200f]/g, "").replace(",", ".");
    return plain && Number.isFinite(Number(plain)) ? Number(plain) : 0;
  };
  const money = (value) => {
    const [whole, cents] = Math.abs(value).toFixed(2).split(".");
    return (value < 0 ? "\u2212" : "") + whole.replace(/\B(?=(\d{3})+$)/g, "\u00a0") + "," + cents;
  };
  const write = (node, text) => {
    const bdi = document.createElement("bdi");
    bdi.dir = "ltr";
    bdi.textContent = text;
    node.replaceChildren(bdi);
  };
  const sumOf = (selector) => all(selector).reduce((sum, field) => sum + number(field.value), 0);
  /* Copies on the device: never of private fields, files or passwords. */
  const store = {
    get: (key) => { try { return JSON.parse(localStorage.getItem(PREFIX + key)); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(PREFIX + key, JSON.stringify(value)); } catch { /* full or refused */ } },
    drop: (key) => { try { localStorage.removeItem(PREFIX + key); } catch { /* refused */ } },
    wipe: () => { try { Object.keys(localStorage).filter((k) => k.startsWith(PREFIX)).forEach((k) => localStorage.removeItem(k)); } catch { /* refused */ } },
  };

  /* 1. The state of the autosave, in the words that the page carries. */
  const say = (form, state, { time, url } = {}) => {
    const place = (form && form.querySelector("[data-saved]")) || document.querySelector("[data-saved]");
    if (!place) return;
    const signs = { saved: "check-lg", busy: "arrow-repeat", local: "wifi-off", unsaved: "pencil", clash: "exclamation-circle", out: "lock", restored: "info-circle" };
    place.className = "en-saved" + (state === "saved" ? "" : ` en-saved--${state === "restored" ? "local" : state}`);
    const sign = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    sign.setAttribute("class", "en-icon");
    sign.setAttribute("viewBox", "0 0 16 16");
    sign.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${place.dataset.icons}#${signs[state]}`);
    sign.append(use);
    const words = document.createElement("span");
    const [before, after] = (place.dataset[`text${state[0].toUpperCase()}${state.slice(1)}`] || "").split("{}");
    words.append(before);
    if (after !== undefined) { const hour = document.createElement("span"); write(hour, time || ""); words.append(hour, after); }
    place.replaceChildren(sign, words);
    const label = place.dataset[`text${state[0].toUpperCase()}${state.slice(1)}Link`];
    if (label && url) { const link = document.createElement("a"); link.href = url; link.textContent = label; place.append(" ", link); }
  };

  /* 2. Autosave of the section that is open. */
  const isPrivate = (field) => field.closest("[data-private]") || ["file", "password", "hidden"].includes(field.type);
  const copyOf = (form) => [...form.elements].filter((f) => f.name && !isPrivate(f) && !f.matches("button, fieldset"))
    .map((f) => [f.name, f.value, f.type === "radio" || f.type === "checkbox" ? f.checked : null]);
  const restore = (form, copy) => {
    copy.forEach(([name, value, checked]) => [...form.elements].filter((f) => f.name === name && !isPrivate(f)).forEach((f) => {
      if (checked === null) f.value = value;
      else if (f.value === value) f.checked = checked;
    }));
  };
  const signIn = (form) => {
    const next = encodeURIComponent(location.pathname + location.search);
    say(form, "out", { url: `${form.dataset.signin || "/" + document.documentElement.lang + "/accounts/login/"}?next=${next}` });
  };

  const watch = (form) => {
    const key = form.dataset.draft;
    let timer = null, changed = false, running = false;
    const keep = () => { if (key && !form.hasAttribute("data-private")) store.set(key, { version: form.dataset.version || "", fields: copyOf(form) }); };
    const answered = async (response) => {
      const isJson = (response.headers.get("content-type") || "").includes("json");
      if (response.status === 401 || response.redirected || (response.ok && !isJson)) return signIn(form);
      const answer = isJson ? await response.json() : {};
      if (response.status === 409) return say(form, "clash", { url: answer.url || location.href });
      if (!response.ok) throw new Error("not saved");
      if (answer.version !== undefined) {
        form.dataset.version = answer.version;
        all("[name=version]", form).forEach((field) => { field.value = answer.version; });
      }
      if (!changed && key) store.drop(key);
      return say(form, changed ? "unsaved" : "saved", { time: answer.saved_at });
    };
    const save = async () => {
      clearTimeout(timer);
      if (running) { timer = setTimeout(save, DELAY); return; }
      running = true; changed = false; say(form, "busy");
      const body = new FormData(form);
      all("input[type=file]", form).forEach((field) => body.delete(field.name));
      body.set("autosave", "1");
      try {
        await answered(await fetch(form.dataset.autosave, { method: "POST", body, headers: { Accept: "application/json", "X-Requested-With": "fetch" }, credentials: "same-origin" }));
      } catch { changed = true; say(form, "local"); timer = setTimeout(save, 4 * DELAY); }
      running = false;
    };
    form.addEventListener("input", (event) => {
      if (event.target.type === "file") return;
      changed = true; keep(); say(form, "unsaved");
      clearTimeout(timer); timer = setTimeout(save, DELAY);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer); changed = false;
      const kept = key && store.get(key);
      if (kept) store.set(key, { ...kept, sent: true });
    });
    window.addEventListener("online", () => { if (changed) save(); });
    window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
    const found = key && !form.hasAttribute("data-private") && store.get(key);
    if (found && found.sent && found.version !== (form.dataset.version || "")) { store.drop(key); return; }
    if (found && JSON.stringify(found.fields) !== JSON.stringify(copyOf(form))) {
      if (found.version !== (form.dataset.version || "")) { say(form, "clash", { url: location.href }); return; }
      restore(form, found.fields);
      changed = true; say(form, "restored"); timer = setTimeout(save, DELAY); total();
    } else if (found) store.drop(key);
  };

  /* 3. Live totals: the server computes again, this is what it will find. */
  /* Over the capacity, heads are shared by largest remainder; equal ones by their key. */
  const withinCapacity = (counts, keys) => {
    const place = document.querySelector("[data-capacity]"), whole = counts.reduce((a, b) => a + b, 0);
    const capacity = place ? number(place.dataset.capacity) : Infinity;
    if (whole <= capacity) return counts;
    const shares = counts.map((count) => Math.floor((count * capacity) / whole));
    const rest = (rank) => (counts[rank] * capacity) % whole;
    const order = counts.map((_count, rank) => rank).sort((a, b) => rest(b) - rest(a) || (keys[a] < keys[b] ? -1 : 1));
    order.slice(0, capacity - shares.reduce((a, b) => a + b, 0)).forEach((rank) => { shares[rank] += 1; });
    return shares;
  };
  const total = () => {
    all("[data-sum]").forEach((field) => { const sum = sumOf(field.dataset.sum); field.value = sum ? ("money" in field.dataset ? money(sum) : sum) : ""; });
    const lines = all("[data-line]");
    if (!lines.length) return;
    const declared = lines.map((line) => Math.min(sumOf(line.dataset.count), line.dataset.cap ? number(line.dataset.cap) : Infinity));
    const counts = withinCapacity(declared, lines.map((line) => line.dataset.key || ""));
    const whole = lines.reduce((so_far, line, rank) => {
      const months = line.dataset.months ? sumOf(line.dataset.months) : 1;
      const amount = counts[rank] * number(line.dataset.rate) * months;
      all("[data-amount]", line).forEach((node) => write(node, money(amount)));
      return so_far + amount;
    }, 0);
    const ceiling = document.querySelector("[data-ceiling]");
    const sum = ceiling ? Math.min(whole, number(ceiling.dataset.ceiling)) : whole;
    all("[data-total]").forEach((node) => write(node, money(sum)));
  };

  /* 4. Files: sent when chosen, progress in their row, tried again whole. */
  const swap = (id, html) => {
    const answer = new DOMParser().parseFromString(html, "text/html");
    const next = answer.getElementById(id), row = document.getElementById(id);
    if (!next || !row) { location.reload(); return; }
    row.replaceWith(next);
    const [band, counted] = [document, answer].map((page) => page.querySelector(".en-unsent"));
    if (band && counted) band.replaceWith(counted); /* one thing less to do */
    all("form[data-upload]", next).forEach(upload);
    (next.querySelector("a, button") || next).focus();
  };
  const upload = (form) => {
    const input = form.querySelector("input[type=file]"), button = form.querySelector("button");
    const place = form.closest("[data-text-sending]"), row = document.getElementById(form.dataset.upload);
    const tell = (text, ...before) => {
      all(".en-progress, .en-file__state", row).forEach((node) => node.remove());
      const state = document.createElement("p");
      state.className = "en-file__meta en-file__state"; state.setAttribute("role", "status"); state.textContent = text;
      row.append(...before, state);
    };
    const send = () => {
      const limit = Number(place.dataset.max || Infinity);
      if (place.dataset.textLarge && [...input.files].some((file) => file.size > limit)) { input.value = ""; tell(place.dataset.textLarge); return; }
      const bar = document.createElement("progress");
      bar.className = "en-progress"; bar.max = 100; bar.setAttribute("aria-label", place.dataset.textSending);
      tell(place.dataset.textSending, bar); button.disabled = true;
      const request = new XMLHttpRequest();
      /* The file stays chosen: a tap sends it again, and so does the network coming back. */
      const failed = () => {
        tell(place.dataset.textFailed); button.disabled = false; button.textContent = place.dataset.textRetry;
        const again = (event) => { if (event) event.preventDefault(); window.removeEventListener("online", again); if (!button.disabled) send(); };
        button.onclick = again; window.addEventListener("online", again, { once: true });
      };
      request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total; };
      request.onload = () => { if (request.status >= 500) failed(); else if (request.status === 413 && place.dataset.textLarge) { button.disabled = false; input.value = ""; tell(place.dataset.textLarge); } else swap(form.dataset.upload, request.responseText); };
      request.onerror = request.ontimeout = failed;
      request.open("POST", form.action);
      request.send(new FormData(form));
    };
    button.type = "button";
    button.onclick = () => input.click();
    input.addEventListener("change", () => { if (input.files.length) send(); });
  };

  /* 5. Long work asks again by itself. */
  const poll = (node) => {
    const ask = async () => {
      try {
        const response = await fetch(node.dataset.poll, { credentials: "same-origin" });
        const next = new DOMParser().parseFromString(await response.text(), "text/html").getElementById(node.id);
        if (!next) return;
        node.replaceWith(next);
        if (next.dataset.poll) poll(next);
      } catch { setTimeout(ask, DELAY); }
    };
    setTimeout(ask, DELAY);
  };

  all("form[data-autosave]").forEach(watch);
  all("form[data-upload]").forEach(upload);
  all("[data-poll]").forEach(poll);
  all("form[data-signout]").forEach((form) => form.addEventListener("submit", store.wipe));
  document.addEventListener("input", total);
  total();
  const errors = document.querySelector("[data-focus]");
  if (errors) errors.focus();

  /* 6. A second click changes nothing on the server (one key per form); say so on the button. */
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || event.defaultPrevented) return;
    setTimeout(() => { button.setAttribute("aria-disabled", "true"); }, 0);
    setTimeout(() => { button.removeAttribute("aria-disabled"); }, 8000);
  });
  window.addEventListener("pageshow", () => all("button[aria-disabled]").forEach((b) => b.removeAttribute("aria-disabled")));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector(".en-menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
})();
