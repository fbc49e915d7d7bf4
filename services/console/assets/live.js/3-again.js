// What is live stays so. A part that could not be renewed, or a stream that could not begin, leaves the page as it is, says so,
// and is asked for again, each time after a longer pause. (A stream that breaks off later begins again by itself.)
(() => {
  "use strict";
  const FIRST = 1000;
  const LONGEST = 60000;
  const failed = new Map(); // what could not be had, with the number of failures and the timer of the next try

  // What may be asked again says so: hx-trigger="…, again".
  const live = (element) => element?.matches?.('[hx-trigger$=", again"]');
  // Refused once, refused for ever: gone, not allowed.
  const final = (status) => status >= 400 && status < 500 && ![401, 408, 425, 429].includes(status);

  const say = () => {
    const place = document.getElementById("retard");
    if (!place || place.hasChildNodes() === failed.size > 0) return;
    place.replaceChildren();
    if (!failed.size) return;
    const notice = document.createElement("div");
    notice.className = "notice warn";
    notice.append(document.createElement("p"));
    notice.firstChild.textContent = place.dataset.words;
    place.append(notice);
  };
  const ask = (element) => {
    if (!element.isConnected) {
      failed.delete(element);
      say();
    } else if (document.hidden) {
      document.addEventListener("visibilitychange", () => ask(element), { once: true });
    } else htmx.trigger(element, "again", {}, false);
  };
  const fail = (element, status) => {
    const known = failed.get(element) ?? { times: 0 };
    clearTimeout(known.timer);
    const pause = Math.min(FIRST * 2 ** known.times, LONGEST) * (0.8 + 0.4 * Math.random());
    const timer = final(status) ? undefined : setTimeout(ask, pause, element);
    failed.set(element, { times: known.times + 1, timer });
    say();
  };
  const succeed = (element) => {
    clearTimeout(failed.get(element)?.timer);
    if (failed.delete(element)) say();
  };

  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    const element = ctx.sourceElement;
    // Who is no longer signed in is told to load the page again, which leads to the sign-in and back.
    if (!live(element) || ctx.hx?.refresh) return;
    if (ctx.response.status < 400) return succeed(element);
    // The page of an error is no part of this page.
    event.preventDefault();
    ctx.response.raw.body?.cancel();
    fail(element, ctx.response.status);
  });
  document.addEventListener("htmx:error", (event) => {
    if (live(event.target)) fail(event.target, 0);
  });
  document.addEventListener("htmx:sse:after:connection", (event) => succeed(event.target));
  document.addEventListener("htmx:sse:error", (event) => {
    if (event.detail.status === 401) return location.reload();
    // It begins again by itself: here it is only said.
    failed.set(event.target, { times: 0 });
    say();
  });
})();
