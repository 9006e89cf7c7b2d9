// Live reload, the browser's half. A changed style sheet or image is swapped; for anything else the page is
// loaded again. Runs once in a window, however often a library puts the tag into it.
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || window.statorIsLive) return;
  window.statorIsLive = true;

  const ROOT = new URL("../", script.src); // STATIC_URL
  const EVENTS = new URL("events", script.src);
  const RELOADED = "stator-reloaded";
  const byHand = "byHand" in script.dataset;
  let since = script.dataset.since;
  let source = null;

  // The logical path of a file of ours, null for any other address.
  const nameOf = (address, base) => {
    try {
      const url = new URL(address, base || document.baseURI);
      if (url.origin !== ROOT.origin || !url.pathname.startsWith(ROOT.pathname)) return null;
      return decodeURIComponent(url.pathname.slice(ROOT.pathname.length));
    } catch {
      return null;
    }
  };

  // The same address, not yet in any cache.
  const fresh = (address, base) => {
    const url = new URL(address, base || document.baseURI);
    url.searchParams.set("stator", since);
    return url.href;
  };

  // Style sheets: the new one is loaded beside the old one, which goes when the new one is there.

  const coming = new Map(); // link: the one that will replace it

  const swapSheet = (link) => {
    coming.get(link)?.remove();
    const next = link.cloneNode();
    next.href = fresh(link.href);
    next.removeAttribute("integrity"); // that of the old bytes
    const settle = (loser) => {
      coming.delete(link);
      loser.remove();
    };
    next.addEventListener("load", () => settle(link));
    next.addEventListener("error", () => settle(next));
    coming.set(link, next);
    link.after(next);
  };

  const swapSheets = (names) => {
    const waiting = new Set(coming.values());
    const own = [...document.querySelectorAll('link[rel~="stylesheet" i][href]')].filter(
      (link) => !waiting.has(link) && nameOf(link.href) !== null,
    );
    const linked = new Set(own.map((link) => nameOf(link.href)));
    const imported = [...names].some((name) => !linked.has(name)); // by another sheet, if at all
    for (const link of own) if (imported || names.has(nameOf(link.href))) swapSheet(link);
    const inline = [...document.querySelectorAll("style")];
    if (imported && inline.some((style) => style.textContent.includes("@import"))) reload();
  };

  // Images: wherever an address of one stands.

  const PLACES = [
    ["img, input, embed", "src"],
    ["img, source", "srcset"],
    ["video", "poster"],
    ["object", "data"],
    ["image, use", "href"],
    ['link[rel~="icon" i]', "href"],
  ];
  const CANDIDATES = /(^|,\s*)(\S*[^\s,])/g;
  const IN_CSS = /url\((["']?)(.*?)\1\)/g;

  const renewed = (value, attribute, names) => {
    if (attribute !== "srcset") return names.has(nameOf(value)) ? fresh(value) : value;
    return value.replace(CANDIDATES, (all, before, one) =>
      names.has(nameOf(one)) ? before + fresh(one) : all,
    );
  };

  const renewStyle = (style, base, names) => {
    for (const property of [...style]) {
      const value = style.getPropertyValue(property);
      if (!value.includes("url(")) continue;
      const next = value.replace(IN_CSS, (all, quote, one) =>
        names.has(nameOf(one, base)) ? `url("${fresh(one, base)}")` : all,
      );
      if (next !== value) style.setProperty(property, next, style.getPropertyPriority(property));
    }
  };

  const renewSheet = (sheet, names) => {
    let rules;
    try {
      rules = sheet.cssRules;
    } catch {
      return; // of another site
    }
    renewRules(rules, sheet.href, names);
  };

  const renewRules = (rules, base, names) => {
    for (const rule of rules) {
      if (rule.styleSheet) renewSheet(rule.styleSheet, names);
      if (rule.style) renewStyle(rule.style, base, names);
      if (rule.cssRules) renewRules(rule.cssRules, base, names);
    }
  };

  const swapImages = (names) => {
    for (const [selector, attribute] of PLACES) {
      for (const element of document.querySelectorAll(selector)) {
        const value = element.getAttribute(attribute);
        const next = value && renewed(value, attribute, names);
        if (next && next !== value) element.setAttribute(attribute, next);
      }
    }
    for (const sheet of document.styleSheets) renewSheet(sheet, names);
    for (const element of document.querySelectorAll('[style*="url("]')) renewStyle(element.style, null, names);
  };

  const swap = (names) => {
    const sheets = new Set(names.filter((name) => name.toLowerCase().endsWith(".css")));
    const images = new Set(names.filter((name) => !sheets.has(name)));
    if (sheets.size) swapSheets(sheets);
    if (images.size) swapImages(images);
  };

  // A page that comes out of a cache with a time of long ago would be loaded again for ever.

  const remembered = (value) => {
    try {
      const before = sessionStorage.getItem(RELOADED);
      if (value) sessionStorage.setItem(RELOADED, value);
      return before;
    } catch {
      return null; // the page may not store anything
    }
  };

  const reload = () => {
    if (byHand) {
      console.info("Stator: something changed. Reload this page to see it: it is the answer to a form.");
      return;
    }
    hush();
    remembered(script.dataset.since);
    location.reload();
  };

  // Browsers allow a site few connections, so only pages that are seen hold one.

  const hush = () => {
    source?.close();
    source = null;
  };

  const listen = () => {
    if (source || document.visibilityState === "hidden") return;
    EVENTS.search = since ? `?since=${since}` : "";
    source = new EventSource(EVENTS);
    source.addEventListener("hello", (event) => (since ||= event.lastEventId));
    source.addEventListener("swap", (event) => {
      since = event.lastEventId;
      swap(JSON.parse(event.data));
    });
    source.addEventListener("reload", (event) => {
      since = event.lastEventId;
      reload();
    });
    source.addEventListener("error", () => {
      if (source?.readyState !== EventSource.CLOSED) return; // it tries again by itself
      hush();
      setTimeout(listen, 1000);
    });
  };

  if (remembered() === since) since = "";
  document.addEventListener("visibilitychange", () => (document.hidden ? hush() : listen()));
  addEventListener("pagehide", hush);
  addEventListener("pageshow", listen);
  listen();
})();
