// What only a script can say while people type and wait. Every page is whole without it: docs/decisions/0038.
"use strict";
(() => {
  // ── how long a text is: signs as the server counts them, without what it strips at both ends ──
  const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
  const EDGES = new RegExp(`^${SPACE}|${SPACE}$`, "g");

  function count(area) {
    const said = area.parentElement.querySelector(".limit");
    if (!said) return;
    const limit = Number(area.dataset.limit);
    const now = [...area.value.replace(EDGES, "")].length;
    const over = now > limit;
    said.textContent = over ? `${now}/${limit}字，超出${now - limit}字` : `${now}/${limit}字`;
    said.classList.toggle("over", over);
    said.setAttribute("aria-live", over ? "polite" : "off");
  }

  function countAll(part) {
    part.querySelectorAll("textarea[data-limit]").forEach(count);
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea[data-limit]")) count(event.target);
  });
  document.addEventListener("htmx:load", (event) => countAll(event.target));
  window.addEventListener("pageshow", () => countAll(document));

  // ── files: what is too large is said before it is sent, the others go ──
  const MB = 1024 * 1024;

  function tell(place, text) {
    const block = place.closest(".evidence");
    if (block) block.classList.toggle("error", Boolean(text) || Boolean(block.querySelector(".msg:not(.unsent)")));
    place.textContent = text;
  }

  function keepWhatFits(input) {
    const { fileLimit, requestLimit } = input.dataset;
    const files = [...input.files];
    const tooLarge = files.filter((file) => file.size > fileLimit * MB);
    const said = tooLarge.map(
      ({ name, size }) => `“${name.slice(0, 60)}”大小为${(size / MB).toFixed(1)} MB，单个文件不超过${fileLimit} MB，未上传。`,
    );
    let fitting = files.filter((file) => !tooLarge.includes(file));
    const all = fitting.reduce((sum, file) => sum + file.size, 0);
    if (all > requestLimit * MB) {
      said.push(`所选文件共${(all / MB).toFixed(1)} MB，一次合计不超过${requestLimit} MB，未上传，请分次选择。`);
      fitting = [];
    }
    tell(input.closest(".evidence").querySelector(".unsent"), said.join(""));
    if (!said.length) return true;
    const chosen = new DataTransfer();
    fitting.forEach((file) => chosen.items.add(file));
    input.files = chosen.files;
    return fitting.length > 0;
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("input[data-file-limit]") && !keepWhatFits(event.target)) event.stopPropagation();
  }, true);

  // ── uploading, in per cent; what comes back afterwards is measured by the same events, and has another length ──
  document.addEventListener("htmx:xhr:progress", ({ target, detail }) => {
    const bar = target.matches(".evidence input[type=file]") && target.closest(".evidence").querySelector("progress");
    if (!bar || !detail.lengthComputable || bar.value === 1) return;
    bar.value = detail.loaded / detail.total;
    const percent = Math.floor(bar.value * 100);
    bar.nextElementSibling.textContent = percent < 100 ? `已上传${percent}%` : "已上传，正在检查";
  });

  // ── not sent, or not taken: said where it was pressed, and left there; what was typed stays ──
  const LOST = "未能送达服务器（网络中断，或内容过大），未作保存；所填内容仍在本页，请稍后重试。";
  const TOO_LARGE = "上传内容过大，未作保存；所填内容仍在本页，请减少文件后分次提交。";
  const FAILED = "服务器出错，未作保存；所填内容仍在本页，请稍后重试。";
  const AWAY = "系统暂时连接不上数据库，没有办成；所填内容仍在本页，请稍后重试。";

  function placeFor(element) {
    return element.closest(".evidence, form")?.querySelector(".unsent") ?? null;
  }

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    const place = detail.elt.matches("form, .evidence *") && placeFor(detail.elt);
    if (place && detail.elt.type !== "file") tell(place, "");
  });
  document.addEventListener("htmx:sendError", ({ detail }) => {
    const place = placeFor(detail.elt);
    if (place) tell(place, LOST);
  });
  document.addEventListener("htmx:responseError", ({ detail }) => {
    const place = detail.xhr.status >= 500 && placeFor(detail.elt);
    if (place) tell(place, detail.xhr.status === 503 ? AWAY : FAILED);
  });
  // 413 comes from this product, which names the limit, or from a proxy, whose page is none of ours.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status !== 413) return;
    const place = placeFor(detail.elt);
    const answer = new DOMParser().parseFromString(detail.serverResponse, "text/html").querySelector(".too-large");
    if (!place && answer) return;
    detail.shouldSwap = false;
    if (place) tell(place, answer?.textContent.trim() ?? TOO_LARGE);
  });
})();
