/* Texts of a pilot or rehearsal: shows new ones while the run goes on and nobody reads. */
document.addEventListener("DOMContentLoaded", function () {
    "use strict";

    function box() {
        return document.getElementById("results");
    }

    function show(html) {
        var fresh = new DOMParser().parseFromString(html, "text/html").getElementById("results");
        var reading = box().querySelector("details[open]") || box().contains(document.activeElement);
        if (fresh && !reading) {
            box().replaceWith(fresh);
        }
        return Boolean(fresh) && (Boolean(reading) || fresh.dataset.live === "1");
    }

    if (box() && box().dataset.live === "1") {
        window.batchsite.watch({ url: window.location.href, seconds: 3, show: show });
    }
});
